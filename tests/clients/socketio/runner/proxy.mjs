import { WebSocket, WebSocketServer } from "ws";
import { within } from "./deadline.mjs";
import { Server } from "./server.mjs";

// A network in front of a server, for clients of WebSocket, that fails where a scenario wants it to.
export class Proxy {
  // Behind how many packets of Socket.IO the connections that come are cut.
  cutsBehind = Infinity;

  static async before(server) {
    const proxy = new Proxy();
    const listener = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.ends(() => listener.close());
    listener.on("connection", (client, request) => proxy.#pass(client, server.url.replace("http", "ws") + request.url));
    await within(new Promise(resolve => listener.once("listening", resolve)), () => "the proxy");
    // Its clients end before it does.
    proxy.server = new Server(server.kind, `http://127.0.0.1:${listener.address().port}`, server.inbox);
    server.ends(() => proxy.server.endClients());
    return proxy;
  }

  // The client says nothing before it has heard the server.
  #pass(client, url) {
    const server = new WebSocket(url);
    let left = this.cutsBehind;
    client.on("message", (data, isBinary) => server.send(data, { binary: isBinary }));
    client.on("close", () => server.terminate());
    server.on("close", () => client.close());
    server.on("error", () => client.close());
    server.on("message", (data, isBinary) => {
      if (left === 0) return;
      client.send(data, { binary: isBinary });
      if (isBinary || data[0] !== "4".charCodeAt(0) || --left > 0) return;
      client.close();
      server.terminate();
    });
  }
}
