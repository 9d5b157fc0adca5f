const firstDelay = 500;
const longestDelay = 15_000;
/** A connection that lasted this long was a good one: the next failure starts at the shortest delay again. */
const settled = 5_000;

/** Milliseconds before an attempt (from 0): doubling, spread over the upper half so that a room of phones does not come back at once. */
export function delayOf(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelay, firstDelay * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** When to try again. Knows no connection: it is told of each success and failure. */
export class Backoff {
  private attempt = 0;
  private openedAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connect: () => void) {}

  opened(): void {
    this.openedAt = Date.now();
  }

  failed(): void {
    if (this.openedAt > 0 && Date.now() - this.openedAt >= settled) this.attempt = 0;
    this.openedAt = 0;
    this.cancel();
    this.timer = setTimeout(() => this.now(), delayOf(this.attempt++, Math.random()));
  }

  /** Tries at once if an attempt was waiting for its turn: a person asked, or the network came back. */
  hurry(): void {
    if (this.timer !== undefined) this.now();
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private now(): void {
    this.cancel();
    this.connect();
  }
}
