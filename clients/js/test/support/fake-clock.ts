import type { Clock } from "../../src/api/options";

/** Time that passes when it is told to. Delays are spread by no chance: it is always a half, but for a little that tells ids apart. */
export class FakeClock implements Clock {
  #now = 0;
  #asked = 0;
  #timers = new Map<object, { due: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5 + (this.#asked += 1e-7);
  }

  setTimeout(callback: () => void, ms: number): object {
    const timer = {};
    this.#timers.set(timer, { due: this.#now + ms, callback });
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as object);
  }

  /** The delays of what waits, shortest first. */
  get waiting(): number[] {
    return [...this.#timers.values()].map(timer => Math.round(timer.due - this.#now)).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, { due }]) => due <= end).sort(([, a], [, b]) => a.due - b.due);
      if (!next) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].due);
      next[1].callback();
    }
    this.#now = end;
  }
}
