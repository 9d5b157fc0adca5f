import type { KodamaError } from "../api/error";
import type { Bytes } from "../connection/connection";
import type { Frame } from "../connection/frames";

/** What becomes of a change that is under way when its connection ends: said again, given up without a word, or of unknown outcome. */
export type WhenCut = "again" | "dropped" | "unknown";

/** Something that was asked of the hub and is not answered yet. */
export interface Change {
  /** The request's JSON without its last brace, made once: what is said again must be the same. */
  readonly json: string;
  readonly bytes: Bytes | undefined;
  readonly id: string | undefined;
  /** Of the state, where it sets or removes one. */
  readonly key?: string | undefined;
  readonly whenCut: WhenCut;
  /** The session in which it was said first, and the position that was known then. */
  session?: string;
  position?: string | undefined;
  done(answer: Frame): void;
  failed(error: KodamaError): void;
}
