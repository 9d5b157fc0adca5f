import type { Clock } from "../api/options";

/** Ids under which something is said in a room: of one stay there, and of no other by chance. */
export class Ids {
  // 77 bits.
  readonly #prefix: string;
  #count = 0;

  constructor(clock: Clock) {
    this.#prefix = [1, 2, 3].map(() => Math.floor(clock.random() * 36 ** 5).toString(36)).join("") + "-";
  }

  next(): string {
    return this.#prefix + (this.#count++).toString(36);
  }

  has(id: string | undefined): boolean {
    return id?.startsWith(this.#prefix) ?? false;
  }
}
