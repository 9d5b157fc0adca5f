import type { Peer } from '../hub/wire';

/** Between two questions at least, in ms, however much happens. */
const shortest = 1_000;
/** Without a reason, in ms; longer in a large room, whose list is long: 5 KB a second at most. */
const usual = 5_000;
const perPeer = 50;
const longest = 60_000;

/**
 * Who is connected to the room. Members are told at once, but a client that speaks no kodama.v1 says nothing of its coming and going, so
 * the hub is asked: when something hints at it, and every few seconds while somebody looks.
 */
export class Others {
  peers: readonly Peer[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = 0;
  private askedAt = -shortest;
  private round = 0;

  constructor(
    private readonly ask: () => Promise<Peer[]>,
    /** `before` is undefined for the first answer since the start: then nobody has come or gone. */
    private readonly told: (before: readonly Peer[] | undefined) => void,
  ) {}

  start(): void {
    this.stop();
    this.round++;
    void this.now(true);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.round++;
  }

  /** Somebody may have come or gone. */
  soon(): void {
    if (this.timer !== undefined) this.plan(Math.max(0, this.askedAt + shortest - Date.now()));
  }

  private plan(delay: number): void {
    const due = Date.now() + delay;
    if (this.timer !== undefined && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => void this.now(false), delay);
  }

  private async now(first: boolean): Promise<void> {
    this.timer = undefined;
    this.askedAt = Date.now();
    const { round, peers: before } = this;
    let failed = false;
    if (document.visibilityState === 'visible' || first) {
      const answer = await this.ask().catch(() => undefined);
      if (round !== this.round) return;
      failed = answer === undefined;
      if (answer) this.peers = answer;
      if (answer) this.told(first ? undefined : before);
    }
    this.plan(failed ? longest : Math.min(longest, Math.max(usual, this.peers.length * perPeer)));
  }
}
