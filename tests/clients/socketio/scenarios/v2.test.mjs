// Clients of Socket.IO 2, which speak Engine.IO 3.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { within } from "../runner/deadline.mjs";
import { Inbox } from "../runner/inbox.mjs";
import { numbers } from "../runner/numbers.mjs";
import { scenario } from "../runner/scenario.mjs";

const io = createRequire(import.meta.url)("socket.io-client-v2");
const allowed = { allowEIO3: true };

function client(server, namespace = "/", options = {}) {
  const socket = io(server.url + namespace, { forceNew: true, reconnection: false, ...options });
  socket.inbox = new Inbox(`the v2 client of ${namespace} on ${server.kind}`);
  const onevent = socket.onevent;
  socket.onevent = packet => {
    const [event, ...args] = packet.data;
    socket.inbox.put(event, args);
    onevent.call(socket, packet);
  };
  for (const event of ["connect", "connect_error", "error", "disconnect"]) socket.on(event, (...args) => socket.inbox.put(event, args));
  server.ends(() => socket.io.close());
  return socket;
}

async function connect(server, namespace, options) {
  const socket = client(server, namespace, options);
  await socket.inbox.take("connect");
  return socket;
}

const ask = (socket, ...args) => within(new Promise(resolve => socket.emit(...args, resolve)), args[0]);

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  const name = transports.join(" and ");

  scenario(`${name}: events, unicode and binary both ways`, allowed, async server => {
    const socket = await connect(server, "/", { transports });
    for (const args of [["hello", 1, null], ["木霊 😀 €"], [Buffer.of(0, 1, 255)], [{ a: [Buffer.of(4), "é"] }, Buffer.of()]]) {
      socket.emit("echo", ...args);
      assert.deepEqual(await socket.inbox.take("echo"), args);
    }
  });

  scenario(`${name}: acknowledgements both ways`, allowed, async server => {
    const socket = await connect(server, "/", { transports });
    socket.on("question", (a, b, answer) => answer(a + b));

    assert.deepEqual(await ask(socket, "answer", "木霊"), "木霊");
    assert.deepEqual(await ask(socket, "ask", 20_000, "question", 40, 2), { answer: 42 });
  });

  scenario(`${name}: a burst keeps its order`, allowed, async server => {
    const socket = await connect(server, "/", { transports });
    for (const n of numbers(300)) socket.emit("echo", n, "é".repeat(n % 7));
    socket.emit("emit", "end");

    assert.deepEqual(await socket.inbox.until("end"), numbers(300).map(n => ["echo", n, "é".repeat(n % 7)]));
  });

  scenario(`${name}: its ids`, allowed, async server => {
    const socket = await connect(server, "/", { transports });
    const chat = socket.io.socket("/chat");
    await within(new Promise(resolve => chat.once("connect", resolve)), "connect");

    assert.equal(socket.id, socket.io.engine.id);
    assert.equal(chat.id, `/chat#${socket.id}`);
    assert.equal((await server.told("connected"))[1], socket.id);
  });

  scenario(`${name}: its own pings are answered`, { ...allowed, pingInterval: 50, pingTimeout: 20_000 }, async server => {
    const socket = await connect(server, "/", { transports });
    for (let n = 0; n < 3; n++) await within(new Promise(resolve => socket.once("pong", resolve)), "pong");

    assert.equal(await ask(socket, "answer", 1), 1);
  });
}

scenario("a room of clients of both versions", allowed, async server => {
  const sockets = [
    await connect(server, "/", { transports: ["polling"] }),
    await connect(server, "/", { transports: ["websocket"] }),
    await server.connect("/"),
    await server.connect("/", { transports: ["polling"] }),
  ];
  for (const n of numbers(4)) {
    sockets[n].emit("broadcast", {}, "said", n, Buffer.of(n), "木霊");
    for (const socket of sockets) assert.deepEqual(await socket.inbox.take("said"), [n, Buffer.of(n), "木霊"]);
  }
});

scenario("a namespace whose middleware refuses: the error is its data", allowed, async server => {
  const refused = client(server, "/admin");
  const [error] = await refused.inbox.take("error");

  return error;
});

scenario("auth in the query of a namespace", allowed, async server => {
  const socket = await connect(server, "/admin?token=secret");
  socket.emit("echo", 1);
  assert.deepEqual(await socket.inbox.take("echo"), [1]);

  const { auth } = await ask(socket, "handshake");
  assert.equal(auth.token, "secret");
});

scenario("the usual chat without handlers, of both versions", { handlers: "relay", echo: true, allowEIO3: true }, async server => {
  const [old, current] = [await connect(server), await server.connect()];
  old.emit("message", "from 2", Buffer.of(2));
  for (const socket of [old, current]) assert.deepEqual(await socket.inbox.take("message"), ["from 2", Buffer.of(2)]);
  current.emit("message", "from 4", Buffer.of(4));
  for (const socket of [old, current]) assert.deepEqual(await socket.inbox.take("message"), ["from 4", Buffer.of(4)]);
});

scenario("a namespace that does not exist", allowed, async server => {
  const [error] = await client(server, "/nothing").inbox.take("error");

  // The message, as a server of version 2 sent it; node's of today wraps it in an object.
  assert.equal(server.isNode ? error.message : error, "Invalid namespace");
});

scenario("who disconnects, and why", allowed, async server => {
  const leaver = await connect(server);
  leaver.disconnect();
  assert.equal((await leaver.inbox.take("disconnect"))[0], "io client disconnect");
  assert.equal((await server.told("disconnect"))[0], "/");

  const told = await connect(server, "/chat");
  told.emit("disconnect me", true);
  assert.equal((await told.inbox.take("disconnect"))[0], "io server disconnect");
});

scenario("without the option it is refused", {}, async server => {
  const socket = client(server, "/", { transports: ["polling"] });
  await socket.inbox.take("connect_error");
});
