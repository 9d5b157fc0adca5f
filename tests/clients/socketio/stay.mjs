// A socket.io-client that stays, comes back by itself, and says what it gets: a line of JSON for each thing. See ../README.md.
import { io } from "socket.io-client";

const tell = line => process.stdout.write(JSON.stringify(line) + "\n");
const socket = io(process.argv[2], { transports: ["websocket"], reconnectionDelay: 100, reconnectionDelayMax: 100 });
socket.on("connect", () => tell(["connect", socket.id, socket.recovered]));
socket.on("disconnect", reason => tell(["disconnect", reason]));
socket.onAny((name, value) => tell([name, value]));
process.stdin.on("end", () => process.exit());
process.stdin.resume();
