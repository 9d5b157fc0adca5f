import assert from "node:assert/strict";
import { insist } from "../runner/insist.mjs";
import { numbers } from "../runner/numbers.mjs";
import { scenario } from "../runner/scenario.mjs";

const texts = [
  "", " ", "\"\\/\b\f\n\r\t", "\u0000\u001f\u007f", "\u2028\u2029", "äöü€", "こんにちは", "👩‍👩‍👧‍👦 𝄞", "\ufeff\uffff",
  "</script>", "a\u001eb", "2[\"x\"]",
];

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: every kind of text comes back as it was`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    for (const text of texts) {
      socket.emit("echo", text, { [text]: text });
      assert.deepEqual(await socket.inbox.take("echo"), [text, { [text]: text }]);
    }
  });

  scenario(`${transport}: every kind of JSON comes back as it was`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    const args = [0, -1, 1.5, 1e21, 9007199254740991, true, false, null, "", [], [[]], {}, { a: { b: [1, { c: null }] } }];
    socket.emit("echo", ...args);
    assert.deepEqual(await socket.inbox.take("echo"), args);

    socket.emit("echo");
    assert.deepEqual(await socket.inbox.take("echo"), []);
  });

  scenario(`${transport}: half of a surrogate pair`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    socket.emit("echo", "\ud800", { "\udfff": "a\udc00b" });
    assert.deepEqual(await socket.inbox.take("echo"), ["\ud800", { "\udfff": "a\udc00b" }]);
  });
}

scenario("names of events: any text but the reserved ones", {}, async server => {
  const socket = await server.connect();
  const names = [
    "", " ", "message", "error", "connection", "constructor", "__proto__", "toString", "ping", "木霊", "a,b", "/a", "\"", "0", "1",
  ];
  for (const name of names) socket.emit("emit", name, name);
  socket.emit("emit", "end");

  assert.deepEqual(await socket.inbox.until("end"), names.map(name => [name, name]));
});

scenario("names of events: a number is its text", {}, async server => {
  const socket = await server.connect();
  socket.emit(7, "seven");

  assert.deepEqual(await server.told("seventh"), ["seven"]);
});

scenario("send is an event called message", {}, async server => {
  const socket = await server.connect();
  socket.emit("send", "hello", 1);

  assert.deepEqual(await socket.inbox.take("message"), ["hello", 1]);
});

scenario("an event that nobody handles is ignored", {}, async server => {
  const socket = await server.connect();
  socket.emit("nobody handles this", 1);
  assert.equal(await socket.emitWithAck("answer", 1), 1);
});

scenario("broadcast: the namespace is everybody, a socket's broadcast everybody else", {}, async server => {
  const [a, b, c] = [
    await server.connect(),
    await server.connect("/", { transports: ["polling"] }),
    await server.connect("/", { transports: ["websocket"] }),
  ];
  a.emit("broadcast", { from: "namespace" }, "to all", 1, { two: 2 });
  a.emit("broadcast", { from: "socket" }, "to others", [3]);
  a.emit("broadcast", {}, "end");

  assert.deepEqual(await a.inbox.until("end"), [["to all", 1, { two: 2 }]]);
  for (const other of [b, c]) assert.deepEqual(await other.inbox.until("end"), [["to all", 1, { two: 2 }], ["to others", [3]]]);
});

scenario("broadcast: everybody hears the same order", {}, async server => {
  const sockets = [
    await server.connect("/", { transports: ["polling"] }),
    await server.connect("/", { transports: ["websocket"] }),
    await server.connect(),
  ];
  for (const n of numbers(100)) sockets[n % 3].emit("broadcast", {}, "said", n);
  await Promise.all(sockets.map(socket => socket.emitWithAck("answer", 0)));
  sockets[0].emit("broadcast", {}, "end");

  const [first, ...rest] = await Promise.all(sockets.map(socket => socket.inbox.until("end")));
  assert.deepEqual(first.map(([, n]) => n).sort((a, b) => a - b), numbers(100));
  for (const other of rest) assert.deepEqual(other, first);
});

scenario("broadcast: local reaches all of this server", {}, async server => {
  const [a, b] = [await server.connect(), await server.connect()];
  a.emit("broadcast", { local: true }, "here", 1);

  for (const socket of [a, b]) assert.deepEqual(await socket.inbox.take("here"), [1]);
});

scenario("broadcast: volatile reaches a WebSocket with nothing else to do", {}, async server => {
  const [speaker, listener] = [
    await server.connect("/", { transports: ["websocket"] }),
    await server.connect("/", { transports: ["websocket"] }),
  ];
  const said = await insist(listener, "perhaps", () => {
    speaker.emit("broadcast", { volatile: true, from: "socket" }, "perhaps", 1);
    return speaker.emitWithAck("answer", "fence");
  });

  assert.deepEqual(said, [1]);
});

scenario("onAny and onAnyOutgoing see what comes and goes", {}, async server => {
  const socket = await server.connect();
  await socket.emitWithAck("watch");
  socket.emit("echo", 1, "two");

  assert.deepEqual(await server.told("incoming"), ["echo", 1, "two"]);
  assert.deepEqual(await server.told("outgoing"), ["echo", 1, "two"]);
});

scenario("onAnyOutgoing sees broadcasts", {}, async server => {
  const socket = await server.connect();
  await socket.emitWithAck("watch");
  socket.emit("broadcast", {}, "news", 1);

  assert.deepEqual(await server.told("outgoing"), ["news", 1]);
});

scenario("a socket's middleware refuses an event: its error handler hears, nothing else ends", {}, async server => {
  const socket = await server.connect();
  socket.emit("forbidden", 1, "two");
  assert.deepEqual(await socket.inbox.take("refused"), ["forbidden", [1, "two"]]);

  assert.equal(await socket.emitWithAck("answer", "still here"), "still here");
});

scenario("a client's volatile and buffered events", {}, async server => {
  const socket = server.client();
  socket.volatile.emit("hear", "lost, since nobody is connected");
  socket.emit("hear", "kept until then");
  await socket.inbox.take("connect");
  socket.emit("hear", "later");

  assert.deepEqual(await server.told("heard"), ["kept until then"]);
  assert.deepEqual(await server.told("heard"), ["later"]);
});
