import { KodamaError } from "../api/error";
import type { RoomOptions } from "../api/room";
import type { Change } from "../changes/change";
import type { ChangeQueue } from "../changes/queue";
import type { Connection } from "../connection/connection";
import type { Frame } from "../connection/frames";
import type { Clock } from "../api/options";
import type { Identity } from "../identity";
import { at } from "./entries";

/** What a seat tells its room. */
export interface SeatEvents {
  joined(): void;
  gap(from: string | undefined, to: string): void;
  /** Members and state as a whole, in place of what was known. */
  lists(frame: Frame, position: string): void;
  /** A message, or a change of presence or state. */
  entry(frame: Frame, position: string): void;
  over(reason: KodamaError, ending: Ending): void;
}

/** Why a seat is no more: the rules of the room, the end of the client, or because it was asked for. */
export type Ending = "rules" | "failure" | "wish";

type Phase = "away" | "joining" | "catching up" | "live" | "over";

// How long after a hub that was too busy for a join the next is tried, in ms.
const firstRetry = 1000;
const lastRetry = 30_000;

/** The client's place in a room: joined on each connection, where the last one had come to. */
export class Seat {
  phase: Phase = "away";
  position: string | undefined;
  /** Whether the room tells its speakers what they say. */
  echoes = false;
  /** What this client is a member with; undefined while it is none. */
  member: { data: unknown } | undefined;
  /** The keys that go with this client, and how they were set. */
  readonly bound = new Map<string, Pick<Change, "json" | "bytes">>();
  isLeaving = false;
  /** Why it is over. */
  ended: KodamaError | undefined;
  #connection: Connection | undefined;
  #timer: unknown;
  #retry = firstRetry;
  #mustRejoin = false;
  #isAsked = false;

  constructor(
    private readonly name: string,
    private readonly options: RoomOptions,
    private readonly queue: ChangeQueue,
    private readonly identity: Identity,
    private readonly clock: Clock,
    private readonly events: SeatEvents,
  ) {}

  connected(connection: Connection): void {
    this.#connection = connection;
    this.#retry = firstRetry;
    this.#join();
  }

  disconnected(): void {
    if (this.phase === "over") return;
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.#connection = undefined;
    this.#mustRejoin = this.#isAsked = false;
    this.phase = "away";
    this.queue.cut();
    this.proceed();
  }

  take(frame: Frame): void {
    if (this.phase !== "catching up" && this.phase !== "live") return;
    if (frame.type === "left") return this.end(refusal(frame), "rules");
    const from = typeof frame.gap === "number" ? at(this.position!, frame.gap) : undefined;
    // A mark, in another epoch.
    if (frame.position) this.position = frame.position;
    else if (frame.offset !== undefined) this.position = at(this.position!, frame.offset);
    const position = this.position!;
    if (frame.type !== "mark") return this.events.entry(frame, position);
    if (from) this.events.gap(from, position);
    if (frame.members) this.events.lists(frame, position);
    if (frame.live && this.phase === "catching up") {
      this.phase = "live";
      // Under the same ids: a key that is still there becomes this connection's, and one that is not is set.
      // What is being changed is said again below: what removed it may have come through.
      for (const [key, { json, bytes }] of this.bound) if (!this.queue.changes(key)) this.#connection!.request(json, bytes, () => {});
      this.proceed();
    }
  }

  leave(): void {
    this.isLeaving = true;
    this.proceed();
  }

  /** Something was asked for, or has ended: what is next? */
  proceed(code?: string): void {
    // Nobody has got it, and nothing under an id is taken from us any more until we have left.
    this.#mustRejoin ||= code === "NOT_KEPT" || code === "NOT_IN_ORDER";
    if (this.phase === "over" || this.#isAsked) return;
    // The hub's program has taken the client out, of which nobody is told.
    if (code === "NOT_JOINED") return this.end(new KodamaError(code, `The hub has taken this client out of room ${this.name}.`), "rules");
    if (this.isLeaving && this.queue.isEmpty) {
      if (!this.#connection || this.#timer !== undefined) this.#left();
      else this.#leave(() => this.#left());
    } else if (this.phase === "live" && !this.#mustRejoin) {
      this.queue.say({ connection: this.#connection!, session: this.identity.session!.id, position: this.position });
    } else if (this.phase === "live" && this.queue.isQuiet) {
      this.#leave(() => this.#join());
    }
  }

  end(reason: KodamaError, ending: Ending): void {
    if (this.phase === "over") return;
    this.phase = "over";
    this.ended = reason;
    this.clock.clearTimeout(this.#timer);
    this.queue.failAll(reason);
    this.events.over(reason, ending);
  }

  #left(): void {
    this.end(this.leaving(), "wish");
  }

  /** What is asked of a room that is being left. */
  leaving(): KodamaError {
    return new KodamaError("LEFT", `This client leaves room ${this.name}, or has left it.`);
  }

  #leave(answered: () => void): void {
    this.#isAsked = true;
    this.#connection!.request(`{"type":"leave","room":${JSON.stringify(this.name)}`, undefined, () => {
      this.#isAsked = this.#mustRejoin = false;
      if (this.phase !== "over") answered();
    });
  }

  #join(): void {
    this.#timer = undefined;
    this.phase = "joining";
    const { last, since, presence, state, token } = this.options;
    const after = this.position ?? this.options.after;
    const start = after !== undefined ? { after } : last !== undefined ? { last } : { since };
    // Who goes on where an earlier room was does not have its lists.
    const lists = !this.position && after && (presence || state) ? true : undefined;
    const json = JSON.stringify({ type: "join", room: this.name, ...start, presence, state, lists, token }).slice(0, -1);
    this.#connection!.request(json, undefined, answer => {
      if (this.phase === "over") return;
      if (answer.type === "error") this.#refused(answer);
      else this.#joined(answer, after);
    });
  }

  #joined(frame: Frame, asked: string | undefined): void {
    const position = (this.position = frame.position!);
    this.echoes = frame.echo ?? false;
    this.phase = "catching up";
    if (this.member) {
      const json = JSON.stringify({ type: "enter", room: this.name, ...this.member }).slice(0, -1);
      this.#connection!.request(json, undefined, () => {});
    }
    if (frame.gap) this.events.gap(asked, position);
    if (frame.members) this.events.lists(frame, frame.at ?? position);
    this.events.joined();
  }

  #refused(frame: Frame): void {
    const { code } = frame;
    const isPassing = code === "BUSY" || code === "UNAVAILABLE" || (code === "TOO_MANY_ROOMS" && this.position !== undefined);
    if (!isPassing) return this.end(refusal(frame), "rules");
    this.#timer = this.clock.setTimeout(() => this.#join(), this.#retry);
    this.#retry = Math.min(this.#retry * 2, lastRetry);
    this.proceed();
  }
}

function refusal({ code = "", text = "" }: Frame): KodamaError {
  return new KodamaError(code, text);
}
