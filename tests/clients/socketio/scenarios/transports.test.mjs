import assert from "node:assert/strict";
import { scenario } from "../runner/scenario.mjs";
import { within } from "../runner/deadline.mjs";
import { numbers } from "../runner/numbers.mjs";

const upgraded = socket => within(new Promise(resolve => socket.io.engine.once("upgrade", resolve)), "upgrade");

async function transportOf(socket) {
  return (await socket.emitWithAck("handshake")).transport;
}

scenario("polling only: events both ways", {}, async server => {
  const socket = await server.connect("/", { transports: ["polling"] });
  socket.emit("echo", "木霊", 1, null, { a: [true] });

  assert.deepEqual(await socket.inbox.take("echo"), ["木霊", 1, null, { a: [true] }]);
  assert.equal(socket.io.engine.transport.name, "polling");
  assert.equal(await transportOf(socket), "polling");
});

scenario("WebSocket only: events both ways", {}, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });
  socket.emit("echo", "木霊", 1, null, { a: [true] });

  assert.deepEqual(await socket.inbox.take("echo"), ["木霊", 1, null, { a: [true] }]);
  assert.equal(await transportOf(socket), "websocket");
});

scenario("upgrade: the session goes on over WebSocket", {}, async server => {
  const socket = server.client();
  const { id } = await new Promise(resolve => socket.io.on("open", () => resolve(socket.io.engine)));
  await upgraded(socket);
  await socket.inbox.take("connect");

  assert.equal(await transportOf(socket), "websocket");
  assert.equal(socket.io.engine.id, id);
});

scenario("upgrade: what is said meanwhile keeps its order, both ways", {}, async server => {
  const socket = server.client();
  await new Promise(resolve => socket.io.on("open", resolve));
  const ready = upgraded(socket);
  await socket.inbox.take("connect");
  for (let n = 0; n < 200; n++) {
    socket.emit("echo", n);
    if (n % 10 === 0) await new Promise(setImmediate);
  }
  await ready;
  for (let n = 200; n < 300; n++) socket.emit("echo", n);
  socket.emit("emit", "end");

  assert.deepEqual(await socket.inbox.until("end"), numbers(300).map(n => ["echo", n]));
});

scenario("upgrade: a server that offers none is polled on", { allowUpgrades: false }, async server => {
  const socket = await server.connect();
  for (let n = 0; n < 5; n++) await socket.emitWithAck("answer", n);

  assert.equal(await transportOf(socket), "polling");
});

scenario("upgrade: a server without WebSocket offers none", { transports: ["polling"] }, async server => {
  const socket = await server.connect();

  assert.equal(await transportOf(socket), "polling");
});

scenario("a transport that the server has not is refused", { transports: ["polling"] }, async server => {
  const socket = server.client("/", { transports: ["websocket"] });

  const [error] = await socket.inbox.take("connect_error");
  assert.equal(error.message, "websocket error");
});

scenario("clients that try the next transport find the one that is there", { transports: ["polling"] }, async server => {
  const socket = await server.connect("/", { transports: ["websocket", "polling"], tryAllTransports: true });

  assert.equal(await transportOf(socket), "polling");
});

scenario("another path", { path: "/elsewhere" }, async server => {
  const socket = await server.connect("/", { path: "/elsewhere/" });
  assert.equal((await socket.emitWithAck("handshake")).url, "/elsewhere/");

  const lost = server.client("/");
  await lost.inbox.take("connect_error");
});

scenario("a path without its slash", { addTrailingSlash: false }, async server => {
  const socket = await server.connect("/", { addTrailingSlash: false });

  assert.equal((await socket.emitWithAck("handshake")).url, "/socket.io");
});

scenario("compression of WebSocket messages, where both want it", { perMessageDeflate: true }, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });
  assert.match(socket.io.engine.transport.ws.extensions, /^permessage-deflate/);
  for (const text of ["short", "木霊 ".repeat(5000)]) {
    socket.emit("echo", text, Buffer.from(text));
    assert.deepEqual(await socket.inbox.take("echo"), [text, Buffer.from(text)]);
  }
});

scenario("no compression of WebSocket messages unless asked for", {}, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });

  assert.equal(socket.io.engine.transport.ws.extensions, "");
});

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: the heartbeat keeps a quiet session`, { pingInterval: 50, pingTimeout: 20_000 }, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    for (let n = 0; n < 3; n++) await within(new Promise(resolve => socket.io.once("ping", resolve)), "ping");

    assert.equal(await socket.emitWithAck("answer", "still here"), "still here");
  });

  scenario(`${transport}: a thousand events in a burst keep their order`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    for (let n = 0; n < 1000; n++) socket.emit("echo", n);
    socket.emit("emit", "end");
    assert.deepEqual(await socket.inbox.until("end"), numbers(1000).map(n => ["echo", n]));

    socket.emit("many", "n", 1000);
    socket.emit("emit", "end");
    assert.deepEqual(await socket.inbox.until("end"), numbers(1000).map(n => ["n", n]));
  });

  scenario(`${transport}: large texts and binaries below the limit`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    const text = "木".repeat(300_000);
    socket.emit("echo", text);
    assert.equal((await socket.inbox.take("echo"))[0], text);

    const bytes = Buffer.alloc(700_000, 0xa5);
    socket.emit("echo", bytes);
    assert.deepEqual((await socket.inbox.take("echo"))[0], bytes);
  });
}
