import type { Content, History, Member, Message, Origin, StateEntry } from "../api/messages";
import type { Frame } from "../connection/frames";
import type { Identity } from "../identity";

/** What the hub's frames are to the program, with positions of one epoch. */
export class Entries {
  constructor(
    private readonly identity: Identity,
    private readonly room: string,
  ) {}

  message(frame: Frame, position: string | undefined): Message {
    return {
      type: "message",
      room: this.room,
      event: frame.event ?? "message",
      position,
      transient: frame.transient ?? false,
      direct: frame.direct ?? false,
      ...this.#origin(frame),
      ...content(frame),
    };
  }

  history(frame: Frame): History {
    const position = frame.position ?? "";
    const messages = (frame.messages ?? []).map(message => this.message(message, at(position, message.offset)));
    return { messages, position, gap: frame.gap === true, more: frame.more ?? false };
  }

  member(frame: Frame, position: string): Member {
    const { member = "", name, data = null, time = 0 } = frame;
    return { id: member, name, data, time, position, own: this.identity.isOwn(member) };
  }

  entry(frame: Frame, position: string): StateEntry {
    return { key: frame.key ?? "", position, bound: frame.bound ?? false, ...this.#origin(frame), ...content(frame) };
  }

  #origin({ from, name, id, time = 0 }: Frame): Origin {
    return { from, name, id, time, own: this.identity.isOwn(from) };
  }
}

/** The position of an offset in the epoch of another. */
export function at(position: string, offset: number | undefined): string {
  return `${position.slice(0, position.lastIndexOf(":"))}:${offset}`;
}

function content({ text, args, bytes, base64 }: Frame): Content {
  if (base64 !== undefined) bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  return { text, args, bytes };
}
