// Without handlers: `kodama serve`, and the same written for node.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { Inbox } from "../runner/inbox.mjs";
import { numbers } from "../runner/numbers.mjs";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

const relay = { handlers: "relay" };
const echo = { handlers: "relay", echo: true };

// Two that poll and two on WebSocket.
async function four(server, namespace = "/") {
  const sockets = [];
  for (const transport of ["polling", "websocket", "polling", "websocket"]) {
    sockets.push(await server.connect(namespace, { transports: [transport] }));
  }
  return sockets;
}

scenario("any event goes to the others with its arguments", relay, async server => {
  const sockets = await four(server);
  const said = [
    ["move", 1, { x: [2.5, null] }, "木霊"],
    ["message", "hello"],
    ["picture", Buffer.of(0, 255), { also: Buffer.of() }],
    ["nothing"],
    ["message", Buffer.of(1)],
    ["message", 1, 2],
  ];
  for (const message of said) await sockets[0].emitWithAck(...message);
  sockets[1].emit("end");
  for (const other of [sockets[2], sockets[3]]) assert.deepEqual(await other.inbox.until("end"), said);
  assert.deepEqual(await sockets[0].inbox.until("end"), []);
});

scenario("the usual chat, in echo mode: everybody hears it, the speaker too", echo, async server => {
  const sockets = await four(server);
  for (const [n, socket] of sockets.entries()) {
    socket.emit("message", `hello from ${n}`);
    for (const listener of sockets) assert.deepEqual(await listener.inbox.take("message"), [`hello from ${n}`]);
  }
});

scenario("everybody hears one order, in echo mode", echo, async server => {
  const sockets = await four(server);
  for (const n of numbers(200)) sockets[n % 4].emit("said", n, n % 3 === 0 ? Buffer.of(n) : "text");
  const heard = await Promise.all(sockets.map(async socket => {
    const all = [];
    while (all.length < 200) all.push(...await socket.inbox.take("said").then(args => [args[0]]));
    return all;
  }));

  for (const other of heard) assert.deepEqual(other, heard[0]);
  for (const speaker of numbers(4)) assert.deepEqual(heard[0].filter(n => n % 4 === speaker), numbers(50).map(n => 4 * n + speaker));
});

scenario("join and leave: a socket speaks in the room that it joined last", relay, async server => {
  const [a, b, c, d] = await four(server);
  await a.emitWithAck("join", "red");
  await b.emitWithAck("join", "red");
  await b.emitWithAck("join", "blue");
  await c.emitWithAck("join", "blue");
  const hear = async (speaker, name) => {
    await speaker.emitWithAck(name);
    const heard = [];
    for (const [n, socket] of [a, b, c, d].entries()) {
      // In everybody's room again, so that each hears the end.
      const said = await fence(socket);
      if (said.includes(name)) heard.push(n);
    }
    return heard;
  };
  // What it has been sent before an answer of the server.
  const fence = async socket => {
    await socket.emitWithAck("join", "a room of its own");
    await socket.emitWithAck("leave", "a room of its own");
    socket.inbox.put("fence", []);
    return (await socket.inbox.until("fence")).map(([event]) => event);
  };

  assert.deepEqual(await hear(a, "from a"), [1]);
  assert.deepEqual(await hear(b, "from b"), [2]);
  assert.deepEqual(await hear(c, "from c"), [1]);
  assert.deepEqual(await hear(d, "from d"), [0, 1, 2]);
  await b.emitWithAck("leave", "blue");
  assert.deepEqual(await hear(b, "from b in red"), [0]);
  await b.emitWithAck("join", "blue");
  await b.emitWithAck("join", "red");
  assert.deepEqual(await hear(b, "from b in red again"), [0]);
  await b.emitWithAck("leave", "red");
  await b.emitWithAck("leave", "blue");
  assert.deepEqual(await hear(b, "from b to everybody"), [0, 2, 3]);
});

scenario("namespaces are there when somebody asks, and apart", echo, async server => {
  const [one, two, main] = [await server.connect("/one"), await server.connect("/two/deeper"), await server.connect("/")];
  for (const socket of [one, two, main]) socket.emit("said", socket.nsp);
  for (const socket of [one, two, main]) assert.deepEqual(await socket.inbox.take("said"), [socket.nsp]);
  for (const socket of [one, two, main]) socket.emit("end");
  for (const socket of [one, two, main]) assert.deepEqual(await socket.inbox.until("end"), []);
});

scenario("an event with an acknowledgement is answered without arguments, and goes on without", relay, async server => {
  const [a, b] = await four(server);
  const answered = await new Promise(resolve => a.emit("said", 1, (...args) => resolve(args)));
  assert.deepEqual(answered, []);

  assert.deepEqual(await b.inbox.take("said"), [1]);
});

scenario("a name that is a number", echo, async server => {
  const socket = await server.connect();
  socket.emit(7, "seven");

  assert.deepEqual((await socket.inbox.first(7, "7")).content, ["seven"]);
});

async function raw(server, path) {
  const socket = new WebSocket(server.url.replace("http", "ws") + path);
  socket.inbox = new Inbox(`the WebSocket of ${path}`);
  socket.on("message", (data, isBinary) => socket.inbox.put("message", isBinary ? data : data.toString()));
  socket.on("open", () => socket.inbox.put("open"));
  server.ends(() => socket.terminate());
  await socket.inbox.take("open");
  return socket;
}

kodamaOnly("raw WebSockets and Socket.IO share the default room", relay, async server => {
  const socket = await server.connect("/");
  const other = await raw(server, "/ws");

  socket.emit("message", "hello 木霊");
  assert.equal(await other.inbox.take("message"), "hello 木霊");
  socket.emit("message", Buffer.of(1, 2, 3));
  assert.deepEqual(await other.inbox.take("message"), Buffer.of(1, 2, 3));
  socket.emit("move", 1, { x: 2 });
  assert.deepEqual(JSON.parse(await other.inbox.take("message")), { event: "move", args: [1, { x: 2 }] });
  socket.emit("picture", Buffer.of(255), "of me");
  assert.deepEqual(JSON.parse(await other.inbox.take("message")), { event: "picture", args: [{ $binary: "/w==" }, "of me"] });

  other.send("hello yourself");
  assert.deepEqual(await socket.inbox.take("message"), ["hello yourself"]);
  other.send(Buffer.of(4, 5));
  assert.deepEqual(await socket.inbox.take("message"), [Buffer.of(4, 5)]);
});

kodamaOnly("and the other rooms", relay, async server => {
  const socket = await server.connect("/");
  await socket.emitWithAck("join", "kitchen");
  const other = await raw(server, "/ws/kitchen");
  other.send("tea?");
  assert.deepEqual(await socket.inbox.take("message"), ["tea?"]);
  socket.emit("message", "yes");

  assert.equal(await other.inbox.take("message"), "yes");
});
