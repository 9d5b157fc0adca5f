// Clients of kodama.v1 and of Socket.IO at several hubs, in one process: they come back by themselves, say what they get, and those of
// kodama.v1 publish numbered messages when they are asked to. A line of JSON for each thing. Arguments: the hubs' addresses.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";
import { WebSocket } from "ws";
import { connect } from "../../../clients/js/dist/kodama.js";

const hubs = process.argv.slice(2);
const tell = line => process.stdout.write(JSON.stringify(line) + "\n");

const sockets = Array.from({ length: 6 }, (_, i) => {
  const socket = io(hubs[i % hubs.length], { transports: ["websocket"], reconnectionDelay: 100, reconnectionDelayMax: 400 });
  socket.on("message", text => tell({ reader: `io${i}`, text }));
  socket.on("connect", () => socket.emit("join", "big", () => tell({ joined: `io${i}` })));
  return socket;
});

const clients = Array.from({ length: 8 }, (_, i) => {
  const hub = connect(hubs[i % hubs.length], { WebSocket, reconnect: { initial: 50, max: 400 } });
  const room = hub.room("big");
  room.on("message", ({ text, position }) => tell({ reader: `js${i}`, text, position }));
  room.on("gap", gap => tell({ gap: `js${i}`, ...gap }));
  void room.joined.then(() => tell({ joined: `js${i}` }));
  return { hub, room, name: `js${i}`, said: 0 };
});

async function publish(client, count) {
  const { room, name } = client;
  for (const end = client.said + count; client.said < end; client.said++) {
    const text = `${name}:${client.said}`;
    await room.publish(text).then(
      ({ position }) => tell({ acknowledged: text, position }),
      ({ code }) => tell({ failed: text, code }),
    );
  }
  tell({ done: name });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { writers, count } = JSON.parse(line);
  for (const client of clients.slice(0, writers)) void publish(client, count);
}
for (const socket of sockets) socket.disconnect();
await Promise.all(clients.map(({ hub }) => hub.close()));
