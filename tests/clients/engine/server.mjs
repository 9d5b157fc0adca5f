// Node's own engine.io server, for tests that compare: it echoes, and closes a session that says "close!". See ../README.md.
import { createServer } from "node:http";
import { attach } from "engine.io";

const options = JSON.parse(process.argv[2] ?? "{}");
const http = createServer();
const engine = attach(http, { path: "/socket.io", ...options });

engine.on("connection", socket => {
  socket.on("message", data => (data === "close!" ? socket.close() : socket.send(data)));
});
http.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${http.address().port}/\n`));
process.stdin.on("close", () => process.exit(0)).resume();
