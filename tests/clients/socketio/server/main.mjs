// Starts and stops servers as the lines of its standard input say: see ../README.md.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";
import msgpack from "socket.io-msgpack-parser";
import { program } from "./program.mjs";
import { relay } from "./relay.mjs";

const servers = new Map();

const commands = {
  start({ server, port, options }) {
    const tell = (event, ...content) => process.stdout.write(JSON.stringify({ server, event, content }) + "\n");
    const { handlers = "program", echo, refuses, parser, ...others } = options;
    const rest = parser === "MessagePack" ? { ...others, parser: msgpack } : others;
    const allowRequest = (request, answer) => {
      const why = new URL(request.url, "http://host").searchParams.get("refuse");
      answer(why, why === null);
    };
    const http = createServer((request, response) => response.writeHead(404).end());
    const io = new Server(http, refuses ? { ...rest, allowRequest } : rest);
    if (handlers === "relay") relay(io, { echo });
    else program(io, tell);
    servers.set(server, { io, tell });
    http.listen(port, "127.0.0.1", () => tell("started", `http://127.0.0.1:${http.address().port}`));
  },
  async stop({ server }) {
    const { io, tell } = servers.get(server);
    servers.delete(server);
    await io.close();
    tell("stopped");
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  commands[command](rest);
}
process.exit();
