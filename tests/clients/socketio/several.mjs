// Several socket.io-clients that a test drives, each by its name: see ../README.md. Each says what it gets, a line of JSON for each
// thing, and acknowledges with its name what is to be acknowledged, but for "silence".
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const tell = line => process.stdout.write(JSON.stringify(line) + "\n");
const sockets = {};

const commands = {
  // In a room whenever it is connected, if one is given.
  open({ client, url, join, ...options }) {
    const socket = io(url, { transports: ["websocket"], forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options });
    sockets[client] = socket;
    socket.on("connect", () => tell({ client, got: ["connect", socket.id, socket.recovered] }));
    if (join) socket.on("connect", () => socket.emit("join", join, () => tell({ client, got: ["joined", join] })));
    socket.on("disconnect", reason => tell({ client, got: ["disconnect", reason] }));
    socket.onAny((name, ...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      // With recovery the offset is behind the arguments.
      if (!ack && socket._pid) args.pop();
      if (name !== "silence") ack?.(client);
      tell({ client, got: [name, ...args] });
    });
  },
  emit({ client, args }) {
    sockets[client].emit(...args);
  },
  ask({ client, args }) {
    sockets[client].emit(...args, () => tell({ client, got: ["acknowledged"] }));
  },
  // As a network does: the server is not told.
  cut({ client }) {
    sockets[client].io.engine.close();
  },
  connect({ client }) {
    sockets[client].connect();
  },
  close({ client }) {
    sockets[client].disconnect();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  commands[command](rest);
}
process.exit();
