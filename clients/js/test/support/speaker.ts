import type { Acknowledgement, History } from "../../src/api/messages";
import type { Room } from "../../src/api/room";
import type { Random } from "./random";

/** Somebody who says numbers, sets a key now and then, and notes what they hear. */
export class Speaker {
  readonly heard: string[] = [];
  readonly acknowledged: Acknowledgement[] = [];
  gaps = 0;

  constructor(
    readonly name: string,
    readonly room: Room,
  ) {
    room.on("message", message => this.heard.push(`${message.position} ${message.text}`));
    room.on("gap", () => this.gaps++);
  }

  /** Says so many, in handfuls of which each is acknowledged before the next. */
  async say(count: number, random: Random): Promise<void> {
    for (let i = 0; i < count; ) {
      const handful = Math.min(1 + random.below(20), count - i);
      const said = Array.from({ length: handful }, (_, n) => this.room.publish(`${this.name} ${i + n}`));
      const set = this.room.set(this.name, `${i}`);
      this.acknowledged.push(...(await Promise.all(said)));
      await set;
      i += handful;
    }
    await this.room.set(this.name, "end");
  }

  hasHeardEnds(count: number): boolean {
    return this.heard.filter(text => text.endsWith(" end")).length === count;
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
