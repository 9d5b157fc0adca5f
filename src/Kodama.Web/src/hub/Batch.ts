const delay = 100;

/** What comes after a pause is handed on at once, what follows it together: a busy hub must not make the page draw itself per message. */
export class Batch<T> {
  private items: T[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly hand: (items: T[]) => void) {}

  add(item: T): void {
    this.items.push(item);
    if (this.timer === undefined) this.flush();
  }

  flush(): void {
    if (this.items.length === 0) return;
    const items = this.items;
    this.items = [];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.paused(), delay);
    this.hand(items);
  }

  /** Hands on what waits, and wakes nobody later. */
  end(): void {
    this.flush();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private paused(): void {
    this.timer = undefined;
    this.flush();
  }
}
