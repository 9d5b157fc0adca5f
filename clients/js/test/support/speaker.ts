import type { History } from "../../src/api/messages";
import type { Room } from "../../src/api/room";
import type { Notes } from "./whole";

/** Somebody who says numbers, sets a key now and then, and notes what they hear. Also runs in pages, so it needs nothing else. */
export class Speaker {
  readonly heard: string[] = [];
  readonly positions: string[] = [];
  gaps = 0;

  constructor(
    readonly name: string,
    readonly room: Room,
  ) {
    room.on("message", message => this.heard.push(`${message.position} ${message.text}`));
    room.on("gap", () => this.gaps++);
  }

  /** Says so many, in handfuls of which each is acknowledged before the next, and then "end". */
  async say(count: number, below: (limit: number) => number): Promise<void> {
    for (let i = 0; i < count; ) {
      const handful = Math.min(1 + below(20), count - i);
      const said = Array.from({ length: handful }, (_, n) => this.room.publish(`${this.name} ${i + n}`));
      const set = this.room.set(this.name, `${i}`);
      this.positions.push(...(await Promise.all(said)).map(({ position }) => position!));
      await set;
      i += handful;
    }
    await this.room.set(this.name, "end");
    const { position } = await this.room.publish(`${this.name} end`);
    this.positions.push(position!);
  }

  /** Whether all that this many others had to say was heard. */
  hasHeard(others: number): boolean {
    return this.heard.filter(text => text.endsWith(" end")).length === others && this.room.state.size === others + 1;
  }

  notes(): Notes {
    const state = Object.fromEntries([...this.room.state].map(([key, { text }]) => [key, text!]));
    return { name: this.name, heard: this.heard, positions: this.positions, gaps: this.gaps, state };
  }

  /** All that the room keeps. */
  async history(): Promise<History> {
    const all: History = { messages: [], position: "", gap: false, more: true };
    for (let page = await this.room.history({ limit: 1000 }); ; page = await this.room.history({ before: page.position, limit: 1000 })) {
      all.messages.unshift(...page.messages);
      all.gap ||= page.gap;
      if (!page.more) return all;
    }
  }
}
