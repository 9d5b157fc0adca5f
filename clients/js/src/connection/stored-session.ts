import type { SessionStorage } from "../api/options";
import type { Session } from "./frames";

/**
 * A session that outlives its page. It lies in the storage only while nobody uses it, as a tab that is duplicated takes a copy of the
 * storage along.
 */
export class StoredSession {
  readonly #key: string;

  constructor(
    private readonly storage: SessionStorage | undefined,
    url: URL,
  ) {
    this.#key = `kodama ${url.origin}${url.pathname}`;
  }

  take(): Session | undefined {
    try {
      const session = JSON.parse(this.storage?.getItem(this.#key) ?? "null") as Session | null;
      this.storage?.removeItem(this.#key);
      return session?.secret ? session : undefined;
    } catch {
      // No storage where the user does not want it, or somebody else's value: a new session does as well.
      return undefined;
    }
  }

  put(session: Session | undefined): void {
    try {
      if (session) this.storage?.setItem(this.#key, JSON.stringify(session));
    } catch {
      // As above.
    }
  }
}
