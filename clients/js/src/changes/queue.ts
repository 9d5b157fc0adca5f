import { KodamaError } from "../api/error";
import type { Bytes, Connection } from "../connection/connection";
import type { Frame } from "../connection/frames";
import type { Budget } from "./budget";
import type { Change } from "./change";

/** Over what a queue is said. */
export interface Line {
  connection: Connection;
  session: string;
  /** Of the room; undefined where there is none. */
  position: string | undefined;
}

// The hub remembers the last 256 ids of an author in a room: so many may be of unknown outcome, and all be told from new ones.
const mostUnderWay = 100;

/** What waits for the hub, in order: first what is under way, then what was not said yet or must be said again. */
export class ChangeQueue {
  #waiting: Change[] = [];
  readonly #underWay = new Set<Change>();

  constructor(
    private readonly budget: Budget,
    /** Whenever one has ended, with the code of its refusal if it was refused. */
    private readonly settled: (code?: string) => void,
  ) {}

  get isEmpty(): boolean {
    return this.#waiting.length + this.#underWay.size === 0;
  }

  get isQuiet(): boolean {
    return this.#underWay.size === 0;
  }

  /** Whether a change of this key is on its way. */
  changes(key: string): boolean {
    return [...this.#underWay, ...this.#waiting].some(change => change.key === key);
  }

  add(change: Change): void {
    this.budget.take(change);
    this.#waiting.push(change);
  }

  say(line: Line): void {
    while (this.#waiting.length > 0 && this.#underWay.size < mostUnderWay) {
      const change = this.#waiting.shift()!;
      const error = this.#say(change, line);
      if (error) this.#fail(change, error);
    }
  }

  /** The connection has ended. */
  cut(): void {
    const all = [...this.#underWay, ...this.#waiting];
    const isOver = ({ whenCut, session }: Change) => whenCut === "dropped" || (whenCut === "unknown" && session !== undefined);
    this.#underWay.clear();
    this.#waiting = all.filter(change => !isOver(change));
    for (const change of all.filter(isOver)) {
      if (change.whenCut === "dropped") this.#end(change, () => change.done({ type: "ok" }));
      else this.#fail(change, outcomeUnknown());
    }
  }

  /** The room has told what was said under this id: that is as good as its acknowledgement. */
  seen(id: string, position: string): void {
    const change = [...this.#underWay, ...this.#waiting].find(change => change.id === id);
    if (!change) return;
    this.#waiting = this.#waiting.filter(other => other !== change);
    this.#answered(change, { type: "ok", position });
  }

  failAll(error: KodamaError): void {
    const all = [...this.#underWay, ...this.#waiting];
    this.#waiting = [];
    this.#underWay.clear();
    for (const change of all) this.#fail(change, error);
  }

  #say(change: Change, { connection, session, position }: Line): KodamaError | undefined {
    let { json } = change;
    if (change.session === undefined) {
      change.session = session;
      change.position = position;
    } else if (change.id !== undefined) {
      // Ids are a session's: in another one nobody knows this one.
      if (change.session !== session) return outcomeUnknown();
      json += `,"again":${JSON.stringify(change.position)}`;
    }
    if (isTooLarge(json, change.bytes, connection.limit)) {
      return new KodamaError("TOO_LARGE", `This is larger than the ${connection.limit} bytes that the hub takes in a frame.`);
    }
    this.#underWay.add(change);
    connection.request(json, change.bytes, answer => this.#underWay.has(change) && this.#answered(change, answer));
    return undefined;
  }

  #answered(change: Change, answer: Frame): void {
    this.#underWay.delete(change);
    if (answer.type === "error") this.#fail(change, new KodamaError(answer.code ?? "", answer.text ?? ""));
    else this.#end(change, () => change.done(answer));
  }

  #fail(change: Change, error: KodamaError): void {
    this.#end(change, () => change.failed(error), error.code);
  }

  #end(change: Change, tell: () => void, code?: string): void {
    this.budget.give(change);
    tell();
    this.settled(code);
  }
}

function outcomeUnknown(): KodamaError {
  return new KodamaError("OUTCOME_UNKNOWN", "The connection broke before the hub had answered; whether it has this cannot be known.");
}

function isTooLarge(json: string, bytes: Bytes | undefined, limit: number): boolean {
  // The number that is put before it, and at most three bytes of UTF-8 for each unit of UTF-16.
  const room = limit - 32;
  return (bytes?.length ?? 0) > limit || (json.length * 3 > room && new TextEncoder().encode(json).length > room);
}
