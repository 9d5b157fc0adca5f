/** A refusal, or why a connection ended. */
export class KodamaError extends Error {
  /** The hub's, such as `NOT_ALLOWED`, or one of this client's (docs/specs/client-js.md). */
  readonly code: string;
  /** In words. */
  readonly text: string;
  /** Of the frame that ended the connection, if one did. */
  readonly closeCode: number | undefined;

  constructor(code: string, text: string, closeCode?: number) {
    super(text);
    this.name = "KodamaError";
    this.code = code;
    this.text = text;
    this.closeCode = closeCode;
  }
}
