import assert from "node:assert/strict";
import { WebSocket } from "ws";
import parser from "socket.io-msgpack-parser";
import { Inbox } from "../runner/inbox.mjs";
import { numbers } from "../runner/numbers.mjs";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

const bytes = (...values) => Buffer.from(values);
const every = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
const only = { parser: "MessagePack" };

for (const transport of ["polling", "websocket"]) {
  const options = { parser, transports: [transport] };

  scenario(`${transport}, msgpack: values of all kinds`, only, async server => {
    const socket = await server.connect("/", options);
    const args = [
      "", "text", "木霊 😀 \u2028 \" \\ \u0000", "x".repeat(70_000), null, true, false, 0, -1, 31, 32, -33, 127, 128, 255, 256, 65_535, 65_536,
      2 ** 32, -(2 ** 31), -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1, -1.5e-7, [], {}, [[{ a: [{}] }]],
      numbers(20), numbers(70_000), Object.fromEntries(numbers(40).map(n => [`k${n}`, n])),
    ];
    socket.emit("echo", ...args);
    assert.deepEqual(await socket.inbox.take("echo"), args);
  });

  scenario(`${transport}, msgpack: binary of every length and value, nested`, only, async server => {
    const socket = await server.connect("/", options);
    for (const buffer of [bytes(), bytes(0), bytes(4), every, Buffer.alloc(300, 7), Buffer.alloc(70_000, 8)]) {
      socket.emit("echo", buffer, { deep: [null, { b: buffer }] });
      assert.deepEqual(await socket.inbox.take("echo"), [buffer, { deep: [null, { b: buffer }] }]);
    }
  });

  scenario(`${transport}, msgpack: acknowledgements, both ways`, only, async server => {
    const socket = await server.connect("/", options);
    socket.on("question", (question, answer) => answer({ was: question, is: bytes(7) }));

    assert.deepEqual(await socket.emitWithAck("answer", { x: [bytes(1), 2] }), { x: [bytes(1), 2] });
    assert.deepEqual(await socket.emitWithAck("ask", 20_000, "question", bytes(6)), { answer: { was: bytes(6), is: bytes(7) } });
  });

  scenario(`${transport}, msgpack: many events keep their order`, only, async server => {
    const socket = await server.connect("/", options);
    for (const n of numbers(200)) socket.emit("echo", n, n % 3 === 0 ? bytes(n) : `${n}`);
    socket.emit("emit", "end");

    assert.deepEqual(await socket.inbox.until("end"), numbers(200).map(n => ["echo", n, n % 3 === 0 ? bytes(n) : `${n}`]));
  });
}

scenario("msgpack: namespaces, auth and refusals", only, async server => {
  const admin = await server.connect("/admin", { parser, auth: { token: "secret" } });
  assert.equal(await admin.emitWithAck("answer", "in"), "in");
  const refused = server.client("/admin", { parser, auth: { token: "wrong" } });
  const [error] = await refused.inbox.take("connect_error");
  assert.deepEqual([error.message, error.data], ["not authorized", { code: 401, hint: "ask" }]);
  const [unknown] = await server.client("/nowhere", { parser }).inbox.take("connect_error");
  assert.equal(unknown.message, "Invalid namespace");
});

scenario("msgpack: rooms, and answers of all", only, async server => {
  const sockets = [await server.connect("/", { parser }), await server.connect("/", { parser }), await server.connect("/", { parser })];
  for (const socket of sockets) socket.on("name", answer => answer(socket.id));
  for (const socket of sockets.slice(0, 2)) await socket.emitWithAck("join", "tea");
  sockets[2].emit("broadcast", { to: ["tea"] }, "served", every, { cups: 2 });

  for (const socket of sockets.slice(0, 2)) assert.deepEqual(await socket.inbox.take("served"), [every, { cups: 2 }]);
  const { late, responses } = await sockets[2].emitWithAck("ask all", { to: ["tea"], timeout: 20_000 }, "name");
  assert.deepEqual([late, responses], [false, sockets.slice(0, 2).map(socket => socket.id).sort()]);
});

scenario("msgpack: disconnects by either side", only, async server => {
  const socket = await server.connect("/", { parser });
  socket.emit("disconnect me", false);
  assert.equal((await socket.inbox.take("disconnect"))[0], "io server disconnect");
  (await server.connect("/", { parser })).disconnect();
});

scenario("msgpack: a relay", { handlers: "relay", ...only }, async server => {
  const [a, b] = [await server.connect("/", { parser }), await server.connect("/", { parser })];
  await a.emitWithAck("join", "msgpack-room");
  await b.emitWithAck("join", "msgpack-room");
  await a.emitWithAck("move", { x: 1, data: every }, "two");

  assert.deepEqual(await b.inbox.take("move"), [{ x: 1, data: every }, "two"]);
});

scenario("msgpack: a client that was cut off gets what it missed", { ...only, connectionStateRecovery: {} }, async server => {
  const socket = await server.connect("/", { parser, transports: ["websocket"], reconnection: true, reconnectionDelay: 50 });
  const other = await server.connect("/", { parser });
  await socket.emitWithAck("join", "tea");
  other.emit("broadcast", { to: ["tea"] }, "one", 1);
  await socket.inbox.take("one");
  const { id } = socket;

  socket.io.engine.close();
  await server.told("disconnect");
  other.emit("broadcast", { to: ["tea"] }, "two", bytes(1, 2), "é");

  assert.deepEqual((await socket.inbox.take("two")).slice(0, 2), [bytes(1, 2), "é"]);
  assert.deepEqual([socket.id, socket.recovered], [id, true]);
});

kodamaOnly("clients of both parsers, and one of /ws, are in one room", { handlers: "relay" }, async server => {
  const json = await server.connect("/", { transports: ["websocket"] });
  const packed = await server.connect("/", { parser, transports: ["websocket"] });
  const polled = await server.connect("/", { parser, transports: ["polling"] });
  for (const socket of [json, packed, polled]) await socket.emitWithAck("join", "mixed");
  const raw = new WebSocket(`${server.url.replace("http", "ws")}/ws/mixed`);
  const heard = new Inbox("the WebSocket");
  raw.on("message", (data, isBinary) => heard.put("message", [isBinary ? data : data.toString()]));
  raw.on("open", () => heard.put("open", []));
  server.ends(() => raw.terminate());
  await heard.take("open");

  await packed.emitWithAck("file", { name: "a", data: every });
  await json.emitWithAck("message", bytes(1, 2));
  await polled.emitWithAck("message", "hi");
  raw.send("from raw");

  for (const socket of [json, polled]) assert.deepEqual(await socket.inbox.take("file"), [{ name: "a", data: every }]);
  for (const socket of [packed, polled]) assert.deepEqual(await socket.inbox.take("message"), [bytes(1, 2)]);
  for (const socket of [json, packed]) assert.deepEqual(await socket.inbox.take("message"), ["hi"]);
  for (const socket of [json, packed, polled]) assert.deepEqual(await socket.inbox.take("message"), ["from raw"]);
  const [file] = await heard.take("message");
  assert.deepEqual(JSON.parse(file), { event: "file", args: [{ name: "a", data: { $binary: every.toString("base64") } }] });
  assert.deepEqual(await heard.take("message"), [bytes(1, 2)]);
  assert.deepEqual(await heard.take("message"), ["hi"]);
});
