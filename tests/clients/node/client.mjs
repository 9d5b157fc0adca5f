// A `ws` client that a test drives: see ../README.md.
import { createInterface } from "node:readline";
import WebSocket from "ws";

let socket;
let wire;

const tell = (event, what = {}) => process.stdout.write(JSON.stringify({ event, ...what }) + "\n");

const commands = {
  connect({ url, protocols = [], compress = true }) {
    socket = new WebSocket(url, protocols, { perMessageDeflate: compress, maxPayload: 16 * 1024 * 1024 });
    socket.on("upgrade", response => (wire = response.socket));
    socket.on("open", () => tell("open", { protocol: socket.protocol, extensions: socket.extensions }));
    socket.on("message", (data, isBinary) =>
      isBinary ? tell("binary", { base64: data.toString("base64") }) : tell("text", { text: data.toString(), wireBytes: wire.bytesRead }),
    );
    socket.on("pong", data => tell("pong", { text: data.toString() }));
    socket.on("close", (code, reason) => tell("closed", { code, reason: reason.toString() }));
    socket.on("error", error => process.stderr.write(error.message + "\n"));
    socket.on("unexpected-response", (request, response) => {
      const chunks = [];
      response.on("data", chunk => chunks.push(chunk));
      response.on("end", () => tell("refused", { status: response.statusCode, body: Buffer.concat(chunks).toString() }));
    });
  },
  send({ text, base64, fragments }) {
    if (fragments) fragments.forEach((fragment, index) => socket.send(fragment, { fin: index === fragments.length - 1 }));
    else socket.send(base64 === undefined ? text : Buffer.from(base64, "base64"));
  },
  burst({ prefix, count }) {
    for (let index = 0; index < count; index++) socket.send(prefix + index);
  },
  ping({ text }) {
    socket.ping(text);
  },
  close({ code, reason }) {
    socket.close(code, reason);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  commands[command](rest);
}
socket?.terminate();
