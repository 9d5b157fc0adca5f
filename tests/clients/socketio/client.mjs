// socket.io-clients that do what a chat and a game do, and say what happened, without ids. See ../README.md.
import { io } from "socket.io-client";

const [url, mode] = [process.argv[2], process.argv[3]];
const transports = mode === "upgrade" ? ["polling", "websocket"] : [mode];
const tell = (event, what = {}) => process.stdout.write(JSON.stringify({ event, ...what }) + "\n");
const settings = { transports, forceNew: true, reconnectionDelay: 200, randomizationFactor: 0 };
const open = (space, auth) => io(url.replace(/\/$/, "") + space, { ...settings, auth });
const next = (socket, event) => new Promise(resolve => socket.once(event, (...args) => resolve(args)));

const first = open("/");
await next(first, "connect");
tell("connected", { id: first.id.length, recovered: first.recovered });
if (mode === "upgrade") {
  if (first.io.engine.transport.name !== "websocket") await next(first.io.engine, "upgrade");
}
tell("transport", { name: first.io.engine.transport.name });

const stranger = open("/admin", { token: "wrong" });
const [error] = await next(stranger, "connect_error");
tell("refused", { message: error.message, data: error.data });
stranger.auth = { token: "secret" };
stranger.connect();
await next(stranger, "connect");
tell("admitted");
stranger.disconnect();

const nowhere = open("/nowhere");
tell("nowhere", { message: (await next(nowhere, "connect_error"))[0].message });
nowhere.disconnect();

tell("double", { answer: await first.emitWithAck("double", 21) });
const file = await first.emitWithAck("upload", { name: "a.bin", bytes: Buffer.from([1, 2, 3]) });
tell("upload", { name: file.name, bytes: [...new Uint8Array(file.bytes)] });
first.on("question", (text, ack) => ack(text + "!"));
first.emit("askMe", "why €😀");
tell("answered", { text: (await next(first, "answered"))[0] });

const second = open("/");
await next(second, "connect");
tell("join", { rooms: await second.emitWithAck("join", "red") });
await first.emitWithAck("join", "red");
const told = next(second, "told");
first.emit("tell", "red", "to the others");
tell("told", { text: (await told)[0] });
first.on("dice", ack => ack(1));
second.on("dice", ack => ack(6));
tell("roll", { answers: await second.emitWithAck("roll", "red") });

const room = open("/room-7");
await next(room, "connect");
tell("where", { name: await room.emitWithAck("where") });
room.disconnect();

// The connection breaks, and comes back as if nothing had happened.
const id = first.id;
const missed = next(first, "told");
const broken = next(first, "disconnect");
first.io.engine.close();
tell("broken", { reason: (await broken)[0] });
const back = next(first, "connect");
await second.emitWithAck("tellAll", "while away");
await back;
tell("back", { recovered: first.recovered, same: first.id === id, missed: (await missed)[0] });
const again = next(second, "told");
first.emit("tell", "red", "still in red");
tell("rooms", { text: (await again).at(0) });

const kicked = next(first, "disconnect");
first.emit("kick");
tell("kicked", { reason: (await kicked)[0] });
second.disconnect();
process.exit(0);
