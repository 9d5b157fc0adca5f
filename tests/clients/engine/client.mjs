// An engine.io-client that sends texts and bytes to an echo server, the first while it may upgrade, and says what happened.
// See ../README.md.
import { Socket } from "engine.io-client";
import v3 from "engine.io-client-v3";

const [url, mode, version] = [process.argv[2], process.argv[3], process.argv[5]];
const count = Number(process.argv[4]);
const transports = mode === "upgrade" ? ["polling", "websocket"] : [mode];
const tell = (event, what = {}) => process.stdout.write(JSON.stringify({ event, ...what }) + "\n");
const wrong = why => {
  process.stderr.write(why + "\n");
  process.exit(1);
};

const options = { path: "/socket.io/", transports };
const socket = version === "3" ? v3(url, options) : new Socket(url, options);
if (version !== "3") socket.binaryType = "nodebuffer";
let sent = 0;
let echoed = 0;
let upgraded = mode !== "upgrade";

// Every third message is bytes.
const message = index => (index % 3 === 2 ? Buffer.from([index & 255, index >> 8]) : `message ${index} €😀`);
const isEcho = (data, index) => (Buffer.isBuffer(data) ? data.equals(message(index)) : data === message(index));
const send = () => {
  if (sent < count) socket.send(message(sent++));
  if (sent < count) setImmediate(send);
};
const finish = () => {
  if (echoed < count || !upgraded) return;
  tell("echoed", { count: echoed, transport: socket.transport.name });
  // The server says goodbye.
  socket.send("close!");
};

socket.on("open", () => {
  tell("open", { transport: socket.transport.name, sid: socket.id.length });
  send();
});
socket.on("upgrade", transport => {
  upgraded = true;
  tell("upgrade", { transport: transport.name });
  finish();
});
socket.on("message", data => {
  if (!isEcho(data, echoed)) wrong(`echo ${echoed} is ${data}`);
  echoed++;
  finish();
});
socket.on("error", error => wrong(`${error.message} ${error.description ?? ""}`));
socket.on("close", reason => {
  tell("closed", { reason });
  process.exit(0);
});
