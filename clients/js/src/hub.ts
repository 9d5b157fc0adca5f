import { KodamaError } from "./api/error";
import type { Hub, HubEvents, Status } from "./api/hub";
import type { Payload, PublicationObject } from "./api/messages";
import type { Clock, ConnectOptions, WebSocketConstructor } from "./api/options";
import type { Room, RoomOptions } from "./api/room";
import { Budget } from "./changes/budget";
import { say } from "./changes/payload";
import { ChangeQueue } from "./changes/queue";
import type { Address } from "./connection/address";
import type { Connection } from "./connection/connection";
import { Dialer } from "./connection/dialer";
import type { Frame } from "./connection/frames";
import { StoredSession } from "./connection/stored-session";
import { listen } from "./connection/wakeups";
import { defer } from "./deferred";
import { Emitter } from "./emitter";
import { Identity } from "./identity";
import { Entries } from "./rooms/entries";
import { RoomClient } from "./rooms/room";
import { Rooms } from "./rooms/rooms";
import type { Ending } from "./rooms/seat";

/** A client of a hub: one connection after another, and what lives longer than these. */
export class HubClient implements Hub {
  status: Status = "connecting";
  peer: string | undefined;
  readonly #handlers = new Emitter<HubEvents>();
  readonly #ready = defer<void>();
  readonly #closed = defer<KodamaError | undefined>();
  readonly #stored: StoredSession;
  readonly #identity: Identity;
  readonly #budget: Budget;
  readonly #rooms = new Rooms();
  readonly #direct: ChangeQueue;
  readonly #entries: Entries;
  readonly #dialer: Dialer;
  readonly #deafen: () => void;
  #connection: Connection | undefined;

  constructor(
    WebSocket: WebSocketConstructor,
    address: Address,
    options: ConnectOptions,
    private readonly clock: Clock,
  ) {
    this.#stored = new StoredSession(options.session, address.url);
    this.#identity = new Identity(this.#stored.take());
    this.#budget = new Budget(options.queue);
    this.#direct = new ChangeQueue(this.#budget, () => this.#say());
    this.#entries = new Entries(this.#identity, "");
    this.#dialer = new Dialer(WebSocket, address, options, clock, {
      greeting: () => JSON.stringify({ type: "hello", session: this.#identity.session }),
      up: (connection, hello) => this.#up(connection, hello),
      frame: frame => this.#take(frame),
      down: cause => this.#down(cause),
      over: cause => this.#over(cause),
    });
    this.#deafen = listen({
      wake: () => this.#dialer.wake(),
      hide: () => this.#stored.put(this.#identity.session),
      show: () => {
        this.#stored.take();
        this.#dialer.wake();
      },
    });
    void this.#dialer.dial();
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get closed(): Promise<KodamaError | undefined> {
    return this.#closed.promise;
  }

  get session(): string | undefined {
    return this.peer && this.#identity.session?.id;
  }

  on<E extends keyof HubEvents>(event: E, handler: HubEvents[E]): () => void {
    return this.#handlers.on(event, handler);
  }

  room(name: string, options: RoomOptions = {}): Room {
    if (this.status === "closed") throw closed();
    return this.#rooms.get(
      name,
      () => new RoomClient(name, options, this.#budget, this.#identity, this.clock, room => this.#rooms.remove(room)),
    );
  }

  async send(to: string, payload: Payload | Omit<PublicationObject, "transient">): Promise<void> {
    if (this.status === "closed") throw closed();
    const { members, bytes } = say(payload);
    const json = JSON.stringify({ type: "send", to, event: (payload as PublicationObject).event, ...members }).slice(0, -1);
    return new Promise((resolve, reject) => {
      this.#direct.add({ json, bytes, id: undefined, whenCut: "unknown", done: () => resolve(), failed: reject });
      this.#say();
    });
  }

  async close(): Promise<void> {
    this.#end(closed(), "wish");
    this.#dialer.close();
    await this.#closed.promise;
  }

  #up(connection: Connection, hello: Frame): void {
    this.#connection = connection;
    this.#identity.become(hello.session!);
    this.peer = hello.peer;
    this.#rooms.connected(connection);
    this.#ready.resolve();
    this.#change("connected");
    this.#say();
  }

  #down(cause: KodamaError): void {
    this.#connection = undefined;
    this.#direct.cut();
    this.#rooms.disconnected();
    this.#change(this.peer ? "reconnecting" : "connecting", cause);
  }

  #over(cause: KodamaError | undefined): void {
    if (cause) this.#end(cause, "failure");
    this.#closed.resolve(cause);
  }

  #end(reason: KodamaError, ending: Ending): void {
    if (this.status === "closed") return;
    this.#connection = undefined;
    this.#deafen();
    if (reason.code !== "TAKEN_OVER") this.#stored.put(this.#identity.session);
    this.status = "closed";
    this.#direct.failAll(reason);
    this.#rooms.end(reason, ending);
    this.#ready.reject(reason);
    this.#handlers.emit("status", "closed", ending === "wish" ? undefined : reason);
  }

  #take(frame: Frame): void {
    if (this.status === "closed") return;
    if (frame.room !== undefined) this.#rooms.take(frame);
    else if (frame.type === "message") this.#handlers.emit("direct", this.#entries.message(frame, undefined));
  }

  #say(): void {
    if (this.#connection) this.#direct.say({ connection: this.#connection, session: this.#identity.session!.id, position: undefined });
  }

  #change(status: Status, cause?: KodamaError): void {
    this.status = status;
    this.#handlers.emit("status", status, cause);
  }
}

function closed(): KodamaError {
  return new KodamaError("CLOSED", "This client has been closed: connect again.");
}
