// Node's own socket.io server with the handlers of NodeScenarioTests, for tests that compare. See ../README.md.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { connectionStateRecovery: {}, allowEIO3: true });

io.on("connection", socket => {
  socket.on("double", (value, ack) => ack(value * 2));
  socket.on("upload", (file, ack) => ack({ name: file.name + "!", bytes: Buffer.concat([file.bytes, Buffer.from([9])]) }));
  socket.on("askMe", async text => socket.emit("answered", await socket.timeout(5000).emitWithAck("question", text)));
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack([...socket.rooms].length);
  });
  socket.on("tell", (room, text) => socket.to(room).emit("told", text));
  socket.on("tellAll", (text, ack) => {
    io.emit("told", text);
    ack();
  });
  socket.on("roll", async (room, ack) => ack((await io.to(room).timeout(5000).emitWithAck("dice")).sort()));
  socket.on("kick", () => socket.disconnect());
});
io.of("/admin").use((socket, next) => {
  if (socket.handshake.auth.token === "secret") return next();
  const error = new Error("not authorized");
  error.data = { please: "log in" };
  next(error);
});
io.of(/^\/room-\d+$/).on("connection", socket => {
  socket.on("where", ack => ack(socket.nsp.name));
});
http.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${http.address().port}/\n`));
process.stdin.on("close", () => process.exit(0)).resume();
