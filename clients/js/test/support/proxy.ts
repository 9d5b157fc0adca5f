import { createServer, type Server, type Socket, connect } from "node:net";
import { once } from "node:events";
import type { Random } from "./random";

/** What is done to the bytes of one direction of a connection. */
export interface Fault {
  /** The connection is cut when so many bytes have passed. */
  cutAfter: number;
  /** From so many bytes on nothing passes any more, and nobody is told. */
  stallAfter: number;
  /** Bytes of the largest piece in which they go on. */
  piece: number;
  /** How long each piece waits, in ms. */
  delay: () => number;
}

export const harmless: Fault = { cutAfter: Infinity, stallAfter: Infinity, piece: Infinity, delay: () => 0 };

/** A TCP proxy between clients and a hub that cuts, stalls, delays and splits, at places that a test decides. */
export class Proxy {
  readonly #server: Server;
  readonly #pairs = new Set<() => void>();
  /** Of each new connection, in both directions. */
  fault: () => Fault = () => harmless;
  /** How often it has cut or stalled. */
  faults = 0;
  isRefusing = false;
  /** Whether what the hub says is lost. */
  isDumb = false;

  private constructor(private readonly target: () => number) {
    this.#server = createServer(socket => this.#join(socket));
  }

  static async start(target: () => number): Promise<Proxy> {
    const proxy = new Proxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Cuts all that there are. */
  cut(): void {
    for (const end of [...this.#pairs]) end();
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    if (this.isRefusing) return void near.resetAndDestroy();
    const far = connect(this.target(), "127.0.0.1");
    const end = () => {
      this.#pairs.delete(end);
      near.destroy();
      far.destroy();
    };
    this.#pairs.add(end);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    this.#pass(near, far, this.fault(), end, () => false);
    this.#pass(far, near, this.fault(), end, () => this.isDumb);
  }

  #pass(from: Socket, to: Socket, { cutAfter, stallAfter, piece, delay }: Fault, end: () => void, isLost: () => boolean): void {
    let passed = 0;
    let before = Promise.resolve();
    from.on("data", data => {
      const ms = delay();
      // Behind what came before it.
      if (ms > 0) before = Promise.all([before, new Promise(done => setTimeout(done, ms))]).then(() => pass(data));
      else before = before.then(() => pass(data));
    });
    const pass = (data: Buffer) => {
      if (passed >= stallAfter || isLost()) return;
      for (let i = 0; i < data.length; i += piece) {
        const part = data.subarray(i, Math.min(i + piece, data.length));
        const rest = Math.min(cutAfter, stallAfter) - passed;
        to.write(part.subarray(0, rest));
        passed += part.length;
        if (part.length < rest) continue;
        this.faults++;
        if (cutAfter <= stallAfter) end();
        return;
      }
    };
  }
}

/** Faults at random places: now and then a direction stalls, mostly it is cut, and often what passes is split, or late. */
export function randomFaults(random: Random, most: number): () => Fault {
  return () => ({
    cutAfter: 300 + random.below(most),
    stallAfter: random.next() < 0.15 ? 300 + random.below(most) : Infinity,
    piece: random.next() < 0.5 ? 1 + random.below(40) : Infinity,
    delay: random.next() < 0.3 ? () => random.below(40) : () => 0,
  });
}
