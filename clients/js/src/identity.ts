import type { Clock } from "./api/options";
import type { Session } from "./connection/frames";

/** What this client is, and was, known by: its sessions, and the ids under which it says something. */
export class Identity {
  session: Session | undefined;
  readonly #sessions = new Set<string>();
  readonly #prefix: string;
  #count = 0;

  constructor(clock: Clock, session: Session | undefined) {
    this.session = session;
    // 77 bits: nobody has the same by chance.
    this.#prefix = [1, 2, 3].map(() => Math.floor(clock.random() * 36 ** 5).toString(36)).join("") + "-";
  }

  become(session: Session): void {
    this.session = session;
    this.#sessions.add(session.id);
  }

  nextId(): string {
    return this.#prefix + (this.#count++).toString(36);
  }

  isOwn(author: string | undefined): boolean {
    return author !== undefined && this.#sessions.has(author);
  }

  /** Whether this very client has said it, and not one before it with the same session. */
  isSaidHere(author: string | undefined, id: string | undefined): boolean {
    return this.isOwn(author) && id !== undefined && id.startsWith(this.#prefix);
  }
}
