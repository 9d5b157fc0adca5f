import { KodamaError } from "../api/error";
import type { ConnectOptions } from "../api/options";
import type { Change } from "./change";

/** What may wait for the hub, over all rooms. */
export class Budget {
  readonly #limit: number;
  readonly #bytes: number;
  #count = 0;
  #size = 0;

  constructor(options: ConnectOptions["queue"] = {}) {
    this.#limit = options.limit ?? 1024;
    this.#bytes = options.bytes ?? 8 * 1024 * 1024;
  }

  take(change: Change): void {
    const size = sizeOf(change);
    if (this.#count > 0 && (this.#count >= this.#limit || this.#size + size > this.#bytes)) {
      throw new KodamaError("QUEUE_FULL", `${this.#count} changes of ${this.#size} bytes wait for the hub: wait until some are done.`);
    }
    this.#count++;
    this.#size += size;
  }

  give(change: Change): void {
    this.#count--;
    this.#size -= sizeOf(change);
  }
}

function sizeOf({ json, bytes }: Change): number {
  return json.length + (bytes?.length ?? 0);
}
