// A socket.io-client that a test drives: see ../README.md.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

let socket;

const tell = (event, what = {}) => process.stdout.write(JSON.stringify({ event, ...what }) + "\n");

const commands = {
  connect({ url, transports, room }) {
    socket = io(url, { transports });
    const open = () => tell("open", { protocol: socket.io.engine.transport.name });
    socket.on("connect", () => (room === undefined ? open() : socket.emit("join", room, open)));
    socket.on("message", content =>
      typeof content === "string" ? tell("text", { text: content }) : tell("binary", { base64: Buffer.from(content).toString("base64") }),
    );
    // docs/specs/file.md
    socket.on("file", (name, type, bytes) => tell("file", { text: name, base64: bytes.$binary ?? bytes.toString("base64") }));
    socket.on("disconnect", reason => tell("closed", { reason }));
    socket.on("connect_error", error => process.stderr.write(error.message + "\n"));
  },
  send({ text, base64 }) {
    socket.emit("message", base64 === undefined ? text : Buffer.from(base64, "base64"));
  },
  file({ name, type, base64 }) {
    socket.emit("file", name, type, Buffer.from(base64, "base64"));
  },
  burst({ prefix, count }) {
    for (let index = 0; index < count; index++) socket.emit("message", prefix + index);
  },
  close() {
    socket.disconnect();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  commands[command](rest);
}
socket?.disconnect();
