import { io } from "socket.io-client";
import { within } from "./deadline.mjs";
import { Inbox } from "./inbox.mjs";

// What a scenario talks to, and the clients that it made, which end with it.
export class Server {
  #open = [];

  constructor(kind, url, inbox) {
    this.kind = kind;
    this.url = url;
    this.inbox = inbox;
  }

  get isNode() {
    return this.kind === "node";
  }

  // What the program's handlers saw next of this name.
  told(name) {
    return this.inbox.take(name);
  }

  // A client that is on its way. All that reaches it waits in its inbox.
  client(namespace = "/", options = {}) {
    const socket = io(this.url + namespace, { forceNew: true, reconnection: false, ...options });
    const inbox = new Inbox(`the client of ${namespace} on ${this.kind}`);
    socket.onAny((event, ...args) => inbox.put(event, args));
    for (const event of ["connect", "connect_error", "disconnect"]) socket.on(event, (...args) => inbox.put(event, args));
    socket.inbox = inbox;
    const { emitWithAck } = socket;
    socket.emitWithAck = (...args) =>
      within(emitWithAck.apply(socket, args), `acknowledgement of ${JSON.stringify(args[0])} on ${this.kind}`);
    this.ends(() => socket.disconnect() && socket.io._close());
    return socket;
  }

  // A client that is there.
  async connect(namespace, options) {
    const socket = this.client(namespace, options);
    const { name, content } = await socket.inbox.first("connect", "connect_error");
    if (name === "connect_error") throw content[0];
    return socket;
  }

  ends(end) {
    this.#open.push(end);
  }

  async endClients() {
    for (const end of this.#open.reverse()) await end();
    this.#open = [];
  }
}
