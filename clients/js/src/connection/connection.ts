import type { KodamaError } from "../api/error";
import type { Clock, ConnectOptions, WebSocketConstructor } from "../api/options";
import { closing, unreachable } from "./closing";
import type { Frame } from "./frames";

export interface ConnectionEvents {
  hello(frame: Frame): void;
  /** What is no answer. */
  frame(frame: Frame): void;
  /** Once, last. `handshaken`: whether the handshake had been accepted. */
  ended(cause: KodamaError, handshaken: boolean): void;
}

export type Bytes = Uint8Array<ArrayBuffer>;

type Socket = WebSocket & { terminate?(): void };

/** One WebSocket: frames, answers to requests, and whether the hub is still there. Tells everything synchronously, in order. */
export class Connection {
  readonly #socket: Socket;
  readonly #answers = new Map<number, (answer: Frame) => void>();
  readonly #interval: number;
  readonly #timeout: number;
  #handshaken = false;
  #greeted = false;
  #next = 1;
  #announced: Frame | undefined;
  #heard: number;
  // Until when the hub must say something; undefined while nothing was asked.
  #deadline: number | undefined;
  #timer: unknown;

  constructor(
    private readonly WebSocket: WebSocketConstructor,
    url: string,
    greeting: () => string,
    options: ConnectOptions,
    private readonly clock: Clock,
    private readonly events: ConnectionEvents,
  ) {
    this.#interval = options.ping?.interval ?? 15_000;
    this.#timeout = options.ping?.timeout ?? 10_000;
    const socket = (this.#socket = new this.WebSocket(url, "kodama.v1") as Socket);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#handshaken = true;
      socket.send(greeting());
    };
    socket.onmessage = ({ data }) => this.#take(data as string | ArrayBuffer);
    socket.onclose = ({ code, reason }) => this.#end(closing(code, reason));
    // What it means is told by the close event behind it; without a handler the package ws throws.
    socket.onerror = () => {};
    this.#heard = clock.now();
    this.#deadline = this.#heard + (options.connectTimeout ?? 10_000);
    this.#watch();
  }

  /** Bytes that a frame may have. */
  limit = Infinity;

  get isGreeted(): boolean {
    return this.#greeted;
  }

  /**
   * Says something that the hub answers; without an answer when the connection ends first. `json` is an object without its last brace. Its
   * number comes first, so that the hub can tell whose fault it is where it cannot read the rest.
   */
  request(json: string, bytes: Bytes | undefined, answered: (answer: Frame) => void): void {
    const n = this.#next++;
    this.#answers.set(n, answered);
    this.#socket.send(`{"n":${n},${json.slice(1)}}`);
    if (bytes) this.#socket.send(bytes);
  }

  /** Asks whether the hub is there, or waits for its hello no longer; if it says nothing for `patience` ms, the connection has ended. */
  check(patience: number): void {
    this.#deadline = Math.min(this.#deadline ?? Infinity, this.clock.now() + patience);
    if (this.#greeted) this.#socket.send('{"type":"ping","n":0}');
    this.#watch();
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** Leaves the socket to itself: who does not answer would not answer a goodbye either. */
  abandon(cause: KodamaError): void {
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.terminate) socket.terminate();
    else socket.close();
    this.#end(cause);
  }

  #take(data: string | ArrayBuffer): void {
    this.#heard = this.clock.now();
    this.#deadline = undefined;
    let frame = this.#announced;
    this.#announced = undefined;
    try {
      // Bytes belong to the text right before them.
      if (typeof data !== "string") frame!.bytes = new Uint8Array(data);
      else if (frame) throw frame;
      else frame = JSON.parse(data) as Frame;
      if (!this.#greeted && !frame!.session) throw frame;
      if (frame!.binary && !frame!.bytes) this.#announced = frame;
      else this.#tell(frame!);
    } catch {
      // Nothing of the program's own throws here: its handlers are called by an Emitter.
      this.abandon(unreachable("What has answered is no hub: it does not speak kodama.v1."));
    }
  }

  #tell(frame: Frame): void {
    if (!this.#greeted) {
      this.#greeted = true;
      this.limit = frame.limits?.frame ?? Infinity;
      return this.events.hello(frame);
    }
    const answered = this.#answers.get(frame.n!);
    this.#answers.delete(frame.n!);
    if (answered) answered(frame);
    else this.events.frame(frame);
  }

  #watch(): void {
    this.clock.clearTimeout(this.#timer);
    const now = this.clock.now();
    if (this.#deadline !== undefined && now >= this.#deadline) return this.abandon(unreachable("The hub does not answer."));
    if (this.#deadline === undefined && now - this.#heard >= this.#interval) return this.check(this.#timeout);
    this.#timer = this.clock.setTimeout(() => this.#watch(), (this.#deadline ?? this.#heard + this.#interval) - now);
  }

  #end(cause: KodamaError): void {
    this.clock.clearTimeout(this.#timer);
    this.#answers.clear();
    this.events.ended(cause, this.#handshaken);
  }
}
