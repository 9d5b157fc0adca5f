import { vi } from "vitest";
import type { Hub } from "../../src/api/hub";
import type { ConnectOptions } from "../../src/api/options";
import type { RoomOptions } from "../../src/api/room";
import type { Frame } from "../../src/connection/frames";
import { connect } from "../../src/index";
import { FakeClock } from "./fake-clock";

// Nothing is there for the client to ask.
vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));

type Said = Record<string, unknown> & { type: string; n: number };

/** One end of a WebSocket: what the client has said over it, and what a test says to it. */
export class FakeSocket {
  onopen?: () => void;
  onmessage?: (event: { data: unknown }) => void;
  onclose?: (event: { code: number; reason: string }) => void;
  binaryType = "";
  closedWith: number | undefined;
  readonly sent: (Said | Uint8Array)[] = [];

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === "string" ? (JSON.parse(data) as Said) : data);
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
  }

  say(frame: object, bytes?: Uint8Array): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
    if (bytes) this.sayBytes(bytes);
  }

  sayBytes(bytes: Uint8Array): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
  }

  drop(code = 1006, reason = ""): void {
    this.onclose?.({ code, reason });
  }

  /** What was asked of this type, in order. */
  asked(type: string): Said[] {
    return this.sent.filter((frame): frame is Said => !(frame instanceof Uint8Array) && frame.type === type);
  }

  answer(request: Said | undefined, answer: Partial<Frame> = {}): void {
    if (!request) throw new Error("The client has not asked for this.");
    this.say({ type: "ok", ...answer, n: request.n });
  }

  refuse(request: Said | undefined, code: string): void {
    this.answer(request, { type: "error", code, text: `It is ${code}.` });
  }
}

/** The hub's end of a client's connections, with a clock of its own. */
export class FakeHub {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly client: Hub;
  session = "yui";

  constructor(options: ConnectOptions = {}, url = "ws://hub/ws") {
    const { sockets } = this;
    const WebSocket = class extends FakeSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        sockets.push(this);
      }
    };
    this.client = connect(url, { clock: this.clock, WebSocket, ...options });
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** Accepts the handshake and answers the hello. */
  greet(hello: object = {}): FakeSocket {
    const { socket } = this;
    socket.onopen!();
    const session = { id: this.session, secret: "s" };
    socket.say({ type: "hello", peer: `peer${this.sockets.length}`, session, resumed: false, limits: { frame: 1000 }, ...hello });
    return socket;
  }

  /** Ends the connection and accepts the next. */
  async reconnect(hello: object = {}): Promise<FakeSocket> {
    this.socket.drop();
    this.clock.advance(60_000);
    await settled();
    return this.greet(hello);
  }

  /** Answers the last join. */
  seat(joined: object = {}, live = true): FakeSocket {
    const { socket } = this;
    const join = socket.asked("join").at(-1)!;
    socket.answer(join, { type: "joined", room: join["room"] as string, position: "e:0", ...joined });
    if (live) this.mark(0);
    return socket;
  }

  mark(offset: number, mark: object = {}, room = "lounge"): void {
    this.socket.say({ type: "mark", room, offset, live: true, ...mark });
  }

  message(offset: number, text: string, more: object = {}): void {
    this.socket.say({ type: "message", room: "lounge", offset, time: 1, from: "ren", text, ...more });
  }

  /** A client that is in room lounge. */
  static seated(options: ConnectOptions = {}, room: RoomOptions = {}, joined: object = {}) {
    const hub = new FakeHub(options);
    const lounge = hub.client.room("lounge", room);
    hub.greet();
    hub.seat(joined);
    const heard: string[] = [];
    lounge.on("message", message => heard.push(message.text ?? message.event));
    return { hub, lounge, heard };
  }
}

/** When all promises that can be settled are. */
export const settled = () => new Promise<void>(done => setImmediate(done));

export { outcome } from "./outcome";
