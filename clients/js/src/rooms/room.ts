import type { KodamaError } from "../api/error";
import type { Acknowledgement, Gap, History, Member, Message, Payload, Publication, PublicationObject, StateEntry } from "../api/messages";
import type { Clock } from "../api/options";
import type { Room, RoomEvents, RoomOptions } from "../api/room";
import type { Budget } from "../changes/budget";
import { Ids } from "../changes/ids";
import { ChangeQueue } from "../changes/queue";
import type { Frame } from "../connection/frames";
import { defer } from "../deferred";
import { Emitter } from "../emitter";
import type { Identity } from "../identity";
import { Entries } from "./entries";
import { Keys } from "./keys";
import { acknowledgement, Requests } from "./requests";
import { type Ending, Seat } from "./seat";
import { MessageStream } from "./stream";

/** A room as the program sees it: what is asked of it, and what it tells. */
export class RoomClient implements Room {
  readonly seat: Seat;
  readonly #handlers = new Emitter<RoomEvents>();
  readonly #streams = new Set<MessageStream>();
  readonly #joined = defer<void>();
  readonly #queue: ChangeQueue;
  readonly #ids: Ids;
  readonly #keys: Keys;
  readonly #requests: Requests;
  readonly #entries: Entries;
  readonly #left: (() => void)[] = [];
  #failure: KodamaError | undefined;

  constructor(
    readonly name: string,
    options: RoomOptions,
    budget: Budget,
    private readonly identity: Identity,
    clock: Clock,
    private readonly over: (room: RoomClient) => void,
  ) {
    this.#entries = new Entries(identity, name);
    this.#ids = new Ids(clock);
    this.#keys = new Keys(options, this.#entries, {
      presence: change => this.#emit("presence", change),
      state: change => {
        // A key that somebody else has set is no more ours.
        const changed = change.action === "list" ? this.state.values() : [change.entry];
        for (const { key, own } of changed) if (!own) this.seat.bound.delete(key);
        this.#emit("state", change);
      },
    });
    this.#queue = new ChangeQueue(budget, code => this.seat.proceed(code));
    this.seat = new Seat(name, options, this.#queue, identity, clock, {
      joined: () => this.#joined.resolve(),
      gap: (from, to) => this.#tell({ type: "gap", room: name, from, to, missed: undefined }),
      lists: (frame, position) => this.#keys.list(frame, position),
      entry: (frame, position) => this.#take(frame, position),
      over: (reason, ending) => this.#end(reason, ending),
    });
    this.#requests = new Requests(name, this.seat, this.#queue, this.#ids);
  }

  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  get position(): string | undefined {
    return this.seat.position;
  }

  get members(): ReadonlyMap<string, Member> {
    return this.#keys.members;
  }

  get state(): ReadonlyMap<string, StateEntry> {
    return this.#keys.state;
  }

  on<E extends keyof RoomEvents>(event: E, handler: RoomEvents[E]): () => void {
    return this.#handlers.on(event, handler);
  }

  messages({ limit = 1024 }: { limit?: number } = {}): MessageStream {
    const stream = new MessageStream(this.name, limit, () => this.#streams.delete(stream));
    if (this.seat.phase === "over" || this.seat.isLeaving) stream.end(this.#failure);
    else this.#streams.add(stream);
    return stream;
  }

  async publish(publication: Publication): Promise<Acknowledgement> {
    const { event, transient } = publication as PublicationObject;
    if (!transient) return this.#requests.change({ type: "publish", event }, publication);
    if (this.seat.phase !== "live") return { position: undefined, duplicate: false };
    return this.#requests.ask({ type: "publish", event, transient: true }, acknowledgement, "dropped", publication);
  }

  async history({ before, after, limit }: { before?: string; after?: string; limit?: number } = {}): Promise<History> {
    return this.#requests.ask({ type: "history", before, after, limit }, answer => this.#entries.history(answer));
  }

  async enter(data: unknown = null): Promise<Acknowledgement> {
    const copy: unknown = JSON.parse(JSON.stringify(data));
    return this.#requests.ask({ type: "enter", data: copy }, answer => {
      this.seat.member = { data: copy };
      return acknowledgement(answer);
    });
  }

  async exit(): Promise<Acknowledgement> {
    return this.#requests.ask({ type: "exit" }, answer => {
      this.seat.member = undefined;
      return acknowledgement(answer);
    });
  }

  async set(key: string, value: Payload, { bound }: { bound?: boolean } = {}): Promise<Acknowledgement> {
    return this.#requests.change({ type: "set", key, bound }, value, change => {
      if (bound) this.seat.bound.set(key, change);
      else this.seat.bound.delete(key);
    });
  }

  async remove(key: string): Promise<Acknowledgement> {
    return this.#requests.change({ type: "remove", key }, undefined, () => this.seat.bound.delete(key));
  }

  async leave(): Promise<void> {
    for (const stream of this.#streams) stream.end(undefined);
    this.#streams.clear();
    if (this.seat.phase === "over") return;
    const left = defer<void>();
    this.#left.push(left.resolve);
    this.seat.leave();
    return left.promise;
  }

  #take(frame: Frame, position: string): void {
    const { type, from, id } = frame;
    // What another says under the same id is somebody else's.
    const isSaidHere = this.identity.isOwn(from) && this.#ids.has(id);
    if (isSaidHere) this.#queue.seen(id!, position);
    if (type === "message") {
      if (!isSaidHere || this.seat.echoes) this.#tell(this.#entries.message(frame, frame.transient ? undefined : position));
    } else if (type === "presence") {
      this.#keys.presence(frame, position);
    } else if (type === "state") {
      this.#keys.stateChange(frame, position);
    }
  }

  #tell(item: Message | Gap): void {
    for (const stream of this.#streams) stream.push(item);
    if (item.type === "gap") this.#emit("gap", item);
    else this.#emit("message", item);
  }

  #emit<E extends keyof RoomEvents>(event: E, ...values: Parameters<RoomEvents[E]>): void {
    if (!this.seat.isLeaving) this.#handlers.emit(event, ...values);
  }

  #end(reason: KodamaError, ending: Ending): void {
    this.#failure = ending === "wish" ? undefined : reason;
    this.#joined.reject(reason);
    for (const stream of this.#streams) stream.end(this.#failure);
    this.#streams.clear();
    this.over(this);
    if (ending === "rules") this.#emit("left", reason);
    for (const left of this.#left) left();
  }
}
