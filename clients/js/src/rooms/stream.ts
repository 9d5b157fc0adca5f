import type { KodamaError } from "../api/error";
import type { Gap, Message } from "../api/messages";

/** Messages and gaps for one reader, who may be slow: a bounded number waits. */
export class MessageStream implements AsyncIterableIterator<Message | Gap> {
  #items: (Message | Gap)[] = [];
  #waiting: { resolve(result: IteratorResult<Message | Gap>): void; reject(error: unknown): void }[] = [];
  #lost: Gap | undefined;
  #position: string | undefined;
  #end: { error: KodamaError | undefined } | undefined;

  constructor(
    private readonly room: string,
    private readonly limit: number,
    /** The reader has had enough. */
    private readonly stopped: () => void,
  ) {
    if (!(limit >= 1)) throw new TypeError(`A limit of ${limit} lets no message wait: it must be at least 1.`);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(item: Message | Gap): void {
    this.#items.push(item);
    if (this.#items.length > this.limit && this.#waiting.length === 0) this.#lose(this.#items.shift()!);
    this.#hand();
  }

  end(error: KodamaError | undefined): void {
    this.#end ??= { error };
    this.#hand();
  }

  next(): Promise<IteratorResult<Message | Gap>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#hand();
    });
  }

  async return(): Promise<IteratorResult<Message | Gap>> {
    this.#items = [];
    this.#lost = undefined;
    this.stopped();
    this.end(undefined);
    return { done: true, value: undefined };
  }

  #lose(item: Message | Gap): void {
    const [to, missed] = item.type === "gap" ? [item.to, item.missed ?? 0] : [item.position, 1];
    const before = this.#lost;
    const from = before ? before.from : this.#position;
    this.#lost = { type: "gap", room: this.room, from, to: to ?? before?.to, missed: (before?.missed ?? 0) + missed };
  }

  #hand(): void {
    while (this.#waiting.length > 0) {
      const value = this.#lost ?? this.#items.shift();
      this.#lost = undefined;
      if (!value && !this.#end) return;
      const reader = this.#waiting.shift()!;
      if (value) {
        this.#position = (value.type === "gap" ? value.to : value.position) ?? this.#position;
        reader.resolve({ done: false, value });
      } else if (this.#end?.error) {
        reader.reject(this.#end.error);
        // Told once, as by a generator that has thrown.
        this.#end = { error: undefined };
      } else {
        reader.resolve({ done: true, value: undefined });
      }
    }
  }
}
