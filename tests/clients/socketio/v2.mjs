// A socket.io-client of version 2, which speaks Engine.IO 3. See ../README.md.
import io from "socket.io-client-v2";

const [url, mode] = [process.argv[2], process.argv[3]];
const transports = mode === "upgrade" ? ["polling", "websocket"] : [mode];
const tell = (event, what = {}) => process.stdout.write(JSON.stringify({ event, ...what }) + "\n");
const socket = io(url, { transports });

socket.on("connect", () => {
  tell("connected", { id: socket.id.length });
  socket.emit("double", 21, answer => {
    tell("double", { answer });
    socket.emit("upload", { name: "a.bin", bytes: Buffer.from([1, 2]) }, file => {
      tell("upload", { name: file.name, bytes: [...new Uint8Array(file.bytes)] });
      socket.emit("kick");
    });
  });
});
socket.on("disconnect", reason => {
  tell("disconnected", { reason });
  process.exit(0);
});
