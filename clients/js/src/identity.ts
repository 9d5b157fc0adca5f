import type { Session } from "./connection/frames";

/** What this client is, and was, known by. */
export class Identity {
  session: Session | undefined;
  readonly #ids = new Set<string>();

  constructor(session: Session | undefined) {
    this.session = session;
  }

  become(session: Session): void {
    this.session = session;
    this.#ids.add(session.id);
  }

  isOwn(author: string | undefined): boolean {
    return author !== undefined && this.#ids.has(author);
  }
}
