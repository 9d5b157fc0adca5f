import type { Member, PresenceChange, StateChange, StateEntry } from "../api/messages";
import type { RoomOptions } from "../api/room";
import type { Frame } from "../connection/frames";
import { at, type Entries } from "./entries";

export interface KeysEvents {
  presence(change: PresenceChange): void;
  state(change: StateChange): void;
}

/**
 * Members and state as they are now: lists, and the changes behind them. A change stands for all before it that were not told, so what is
 * set may be new or not, and what is taken away may not be known.
 */
export class Keys {
  readonly members = new Map<string, Member>();
  readonly state = new Map<string, StateEntry>();

  constructor(
    private readonly options: RoomOptions,
    private readonly entries: Entries,
    private readonly events: KeysEvents,
  ) {}

  /** Replaces what was known. */
  list(frame: Frame, position: string): void {
    this.members.clear();
    this.state.clear();
    for (const member of frame.members ?? []) this.members.set(member.member!, this.entries.member(member, at(position, member.offset)));
    for (const entry of frame.state ?? []) this.state.set(entry.key!, this.entries.entry(entry, at(position, entry.offset)));
    if (this.options.presence) this.events.presence({ action: "list" });
    if (this.options.state) this.events.state({ action: "list" });
  }

  presence(frame: Frame, position: string): void {
    const member = this.entries.member(frame, position);
    const known = this.members.get(member.id);
    if (frame.action !== "leave") {
      this.members.set(member.id, member);
      this.events.presence({ action: known ? "update" : "enter", member });
    } else if (this.members.delete(member.id)) {
      this.events.presence({ action: "leave", member: { ...member, data: known!.data } });
    }
  }

  stateChange(frame: Frame, position: string): void {
    const entry = this.entries.entry(frame, position);
    if (frame.action === "set") {
      this.state.set(entry.key, entry);
      this.events.state({ action: "set", entry });
    } else if (this.state.delete(entry.key)) {
      this.events.state({ action: "remove", entry });
    }
  }
}
