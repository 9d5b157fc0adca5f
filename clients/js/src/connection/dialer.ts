import type { KodamaError } from "../api/error";
import type { Clock, ConnectOptions, ReconnectStrategy, WebSocketConstructor } from "../api/options";
import { type Address, withToken } from "./address";
import { strategyOf } from "./backoff";
import { isPassing, unreachable } from "./closing";
import { report } from "../emitter";
import { Connection } from "./connection";
import type { Frame } from "./frames";
import { findRefusal } from "./probe";

export interface DialerEvents {
  /** What to say first. */
  greeting(): string;
  up(connection: Connection, hello: Frame): void;
  frame(frame: Frame): void;
  down(cause: KodamaError): void;
  /** Once: no further attempt. Without a cause by `close()`. */
  over(cause?: KodamaError): void;
}

// A connection that has lasted so long was a success, in ms.
const lasting = 10_000;
// How long a hub that seems to be there may take to say so when the page is looked at again, and to say goodbye.
const checkPatience = 5000;
const closePatience = 2000;
// How long a hub waits for a hello: until then one that was said over a connection given up may come to it, and take over the next, in ms.
const helloPatience = 10_000;

/** Makes the connection, again and again: when, and until when. */
export class Dialer {
  readonly #delay: ReconnectStrategy;
  #connection: Connection | undefined;
  #since: number | undefined;
  #attempt = 0;
  #wasUp = false;
  // When a connection was given up over which a hello was said in vain.
  #unheard = -Infinity;
  #timer: unknown;
  #isOver = false;
  // Where the hub is, or was last.
  #at: URL | string;
  // Where the other hubs are.
  #others: string[] = [];
  // Where it is to be tried before a wait.
  #next: (URL | string)[] = [];
  // Why it is over; undefined by wish.
  #cause: KodamaError | undefined;

  constructor(
    private readonly WebSocket: WebSocketConstructor,
    private readonly address: Address,
    private readonly options: ConnectOptions,
    private readonly clock: Clock,
    private readonly events: DialerEvents,
  ) {
    this.#delay = strategyOf(options.reconnect, clock);
    this.#at = address.url;
  }

  async dial(): Promise<void> {
    this.#timer = undefined;
    let url: string;
    const at = this.#next.shift() ?? this.#at;
    try {
      const token = this.options.token ?? this.address.token;
      url = withToken(at, typeof token === "function" ? await token() : token);
      if (this.#isOver) return;
    } catch (error) {
      return this.#ended(unreachable(`There is no token: ${error}`));
    }
    try {
      const connection = new Connection(this.WebSocket, url, this.events.greeting, this.options, this.clock, {
        hello: hello => {
          this.#since = this.clock.now();
          this.#wasUp = true;
          this.#next = [];
          this.#at = at;
          this.#know(hello);
          this.events.up(connection, hello);
        },
        frame: frame => {
          this.#know(frame);
          this.events.frame(frame);
        },
        ended: (cause, handshaken) => {
          if (handshaken && !connection.isGreeted) this.#unheard = this.clock.now();
          this.#ended(cause, handshaken ? undefined : () => this.#askWhy(url));
        },
      });
      this.#connection = connection;
    } catch (error) {
      this.#finish(unreachable(`${error}`));
    }
  }

  /** The network may be there again: tries at once, or asks whether the hub is still there. */
  wake(): void {
    this.#attempt = 0;
    if (this.#timer === undefined) return this.#connection?.check(checkPatience);
    this.clock.clearTimeout(this.#timer);
    void this.dial();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.clock.clearTimeout(this.#timer);
    const connection = this.#connection;
    if (!connection) return this.events.over();
    connection.close();
    this.#timer = this.clock.setTimeout(() => connection.abandon(unreachable("The hub has not said goodbye.")), closePatience);
  }

  // By TLS or without it, as before: who came by it does not go without, and a page may not.
  #know({ cluster }: Frame): void {
    const { protocol, search } = this.address.url;
    if (cluster) this.#others = cluster.flat().map(hub => hub.replace(/\w+:/, protocol) + search);
  }

  async #askWhy(url: string): Promise<void> {
    const refusal = await findRefusal(url, !this.#wasUp);
    if (refusal && !this.#connection?.isGreeted) this.#finish(refusal);
  }

  /** @param askWhy Ends the client if it finds a better reason than the cause; undefined where there is none to be found. */
  #ended(cause: KodamaError, askWhy?: () => Promise<void>): void {
    this.#connection = undefined;
    if (this.#isOver) {
      this.clock.clearTimeout(this.#timer);
      return this.events.over(this.#cause);
    }
    const asked = askWhy?.();
    if (this.#since !== undefined && this.clock.now() - this.#since >= lasting) this.#attempt = 0;
    this.#since = undefined;
    const isOneOfMany = this.#next.length;
    if (!isOneOfMany) this.#next = [this.#at, ...this.#others.sort(() => this.clock.random() - 0.5)];
    const isOwnDoing = cause.closeCode === 4002 && this.clock.now() - this.#unheard < helloPatience;
    const delay = isOwnDoing || isPassing(cause) ? (isOneOfMany ? 0 : this.#delayOf(cause)) : null;
    if (delay == null) return void (asked ? asked.then(() => this.#finish(cause)) : this.#finish(cause));
    this.#timer = this.clock.setTimeout(() => void this.dial(), delay);
    this.events.down(cause);
  }

  // Undefined where a program's strategy returns nothing.
  #delayOf(cause: KodamaError): number | null | undefined {
    try {
      return this.#delay(++this.#attempt, cause);
    } catch (error) {
      report(error);
      return null;
    }
  }

  #finish(cause: KodamaError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cause = cause;
    this.clock.clearTimeout(this.#timer);
    if (this.#connection) this.#connection.abandon(cause);
    else this.events.over(cause);
  }
}
