import assert from "node:assert/strict";
import { engine } from "../runner/engine.mjs";
import { insist } from "../runner/insist.mjs";
import { numbers } from "../runner/numbers.mjs";
import { Proxy } from "../runner/proxy.mjs";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

const options = { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } };

// The connection is lost, and the server knows.
async function lose(server, socket) {
  socket.io.engine.close();
  await socket.inbox.take("disconnect");
  await server.told("disconnect");
}

// What it missed: all that comes before the answer to what it asks when it is connected, before connect (node's) or behind it.
async function comeBack(socket) {
  socket.connect();
  const before = await socket.inbox.until("connect");
  await socket.emitWithAck("answer", "fence");
  return [...before, ...socket.inbox.takeAll()].filter(([event]) => event !== "disconnect").map(withoutOffset);
}

// What is last of an event is its offset, which the client keeps and hands on.
function withoutOffset(args) {
  assert.equal(typeof args.at(-1), "string");
  return args.slice(0, -1);
}

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: what was missed comes in order, with id, rooms and data as they were`, options, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    const other = await server.connect();
    const before = socket.id;
    await socket.emitWithAck("join", "red");
    await socket.emitWithAck("keep", "name", "one");
    socket.emit("emit", "first", 1);
    await socket.inbox.take("first");
    await lose(server, socket);
    other.emit("broadcast", {}, "to all", 2);
    other.emit("broadcast", { to: ["red"] }, "to red", Buffer.of(3));
    other.emit("broadcast", { to: ["blue"] }, "to blue", 4);
    other.emit("broadcast", { to: [before] }, "to it", { five: 5 });
    other.emit("broadcast", { volatile: true }, "volatile", 6);
    await other.emitWithAck("answer", "fence");

    assert.deepEqual(await comeBack(socket), [["to all", 2], ["to red", Buffer.of(3)], ["to it", { five: 5 }]]);
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, before);
    assert.deepEqual(await socket.emitWithAck("rooms"), ["red"]);
    assert.deepEqual((await socket.emitWithAck("fetch", { to: ["red"] }))[0].data, { name: "one" });
    const connected = [await server.told("connected"), await server.told("connected"), await server.told("connected")];
    assert.deepEqual(connected[2], ["/", before, true]);
  });
}

scenario("nothing was missed", options, async server => {
  const socket = await server.connect();
  socket.emit("emit", "first", 1);
  await socket.inbox.take("first");
  await lose(server, socket);

  assert.deepEqual(await comeBack(socket), []);
  assert.equal(socket.recovered, true);
});

scenario("five hundred missed events", options, async server => {
  const socket = await server.connect();
  const other = await server.connect();
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  await lose(server, socket);
  for (const n of numbers(500)) other.emit("broadcast", {}, "n", n);
  await other.emitWithAck("answer", "fence");

  assert.deepEqual(await comeBack(socket), numbers(500).map(n => ["n", n]));
});

scenario("after recovery it hears and speaks as before", options, async server => {
  const socket = await server.connect();
  const other = await server.connect();
  await socket.emitWithAck("join", "red");
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  await lose(server, socket);
  await comeBack(socket);
  other.emit("broadcast", { to: ["red"] }, "again", 1);

  assert.deepEqual(withoutOffset(await socket.inbox.take("again")), [1]);
  assert.equal(await socket.emitWithAck("answer", 2), 2);
});

scenario("a second time, with an event in between", options, async server => {
  const socket = await server.connect();
  const other = await server.connect();
  const before = socket.id;
  for (const n of numbers(3)) {
    socket.emit("emit", "here", n);
    await socket.inbox.take("here");
    await lose(server, socket);
    other.emit("broadcast", {}, "missed", n);
    await other.emitWithAck("answer", "fence");
    assert.deepEqual(await comeBack(socket), [["missed", n]]);
    assert.deepEqual([socket.recovered, socket.id], [true, before]);
  }
});

scenario("each namespace by itself", options, async server => {
  const chat = await server.connect("/chat");
  const other = await server.connect("/chat");
  chat.emit("emit", "first");
  await chat.inbox.take("first");
  await lose(server, chat);
  other.emit("broadcast", {}, "missed", 1);
  await other.emitWithAck("answer", "fence");

  assert.deepEqual(await comeBack(chat), [["missed", 1]]);
  assert.equal(chat.recovered, true);
});

scenario("middleware is not asked again", options, async server => {
  let token = "secret";
  const socket = server.client("/admin", { auth: answer => answer({ token }) });
  await socket.inbox.take("connect");
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  await lose(server, socket);
  token = "no longer";

  assert.deepEqual(await comeBack(socket), []);
  assert.equal(socket.recovered, true);
});

const asksAgain = { connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: false } };
scenario("middleware is asked again, if so set", asksAgain, async server => {
  let token = "secret";
  const socket = server.client("/admin", { auth: answer => answer({ token }) });
  await socket.inbox.take("connect");
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  await lose(server, socket);
  token = "no longer";
  socket.connect();

  assert.equal((await socket.inbox.take("connect_error"))[0].message, "not authorized");
});

scenario("not after the client disconnected", options, async server => {
  const socket = await server.connect();
  const before = socket.id;
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  socket.disconnect();
  await server.told("disconnect");
  await comeBack(socket);

  assert.ok(!socket.recovered);
  assert.notEqual(socket.id, before);
});

scenario("not after the server disconnected it", options, async server => {
  const socket = await server.connect();
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  socket.emit("disconnect me");
  await server.told("disconnect");
  await socket.inbox.take("disconnect");
  await comeBack(socket);

  assert.ok(!socket.recovered);
});

scenario("not after its time", { connectionStateRecovery: { maxDisconnectionDuration: 1 } }, async server => {
  const socket = await server.connect();
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  await lose(server, socket);
  await new Promise(resolve => setTimeout(resolve, 20));
  await comeBack(socket);

  assert.ok(!socket.recovered);
});

scenario("not in another process", { ...options, ownProcess: true }, async server => {
  const socket = await server.connect();
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  await server.program.kill();
  await socket.inbox.take("disconnect");
  await server.startAgain();
  await comeBack(socket);

  assert.ok(!socket.recovered);
});

scenario("not without the option", {}, async server => {
  const socket = await server.connect();
  socket.emit("emit", "first", 1);
  assert.deepEqual(await socket.inbox.take("first"), [1]);
  await lose(server, socket);
  await comeBack(socket);

  assert.ok(!socket.recovered);
});

for (const [what, auth] of Object.entries({
  "an unknown pid": { pid: "unknown", offset: "unknown" },
  "a pid that is no text": { pid: { a: 1 }, offset: "x" },
  "an offset that is no text": { pid: "unknown", offset: [1] },
  "a pid alone": { pid: "unknown" },
})) {
  scenario(`${what} makes a new socket`, options, async server => {
    const session = await engine(server);
    session.send("0" + JSON.stringify(auth));
    const [packet] = await session.inbox.take("message");
    assert.deepEqual(Object.keys(JSON.parse(packet.slice(1))), ["sid", "pid"]);
    const [, , recovered] = await server.told("connected");
    assert.equal(recovered, false);
  });
}

scenario("an offset that was never sent makes a new socket", options, async server => {
  const socket = await server.connect();
  socket.emit("emit", "first");
  await socket.inbox.take("first");
  const { id, _pid: pid } = socket;
  await lose(server, socket);
  const session = await engine(server);
  session.send("0" + JSON.stringify({ pid, offset: "never sent" }));
  const [packet] = await session.inbox.take("message");

  assert.notEqual(JSON.parse(packet.slice(1)).sid, id);
});

for (const transport of ["polling", "websocket"]) {
  kodamaOnly(`${transport}: connect comes first, then what was missed, then what happens`, options, async server => {
    const socket = await server.connect();
    const other = await server.connect();
    const { id, _pid: pid } = socket;
    await lose(server, socket);
    for (const n of numbers(3)) other.emit("broadcast", {}, "missed", n);
    await other.emitWithAck("answer", "fence");
    const session = await engine(server, { transports: [transport] });
    session.send("0" + JSON.stringify({ pid }));

    const [connect] = await session.inbox.take("message");
    assert.deepEqual([connect[0], JSON.parse(connect.slice(1))], ["0", { sid: id, pid }]);
    other.emit("broadcast", {}, "live");
    const events = [];
    while (events.at(-1)?.[0] !== "live") events.push(withoutOffset(JSON.parse((await session.inbox.take("message"))[0].slice(1))));
    assert.deepEqual(events, [...numbers(3).map(n => ["missed", n]), ["live"]]);
  });
}

// What comes before connect, socket.io-client keeps and tells when it is connected, however often it was cut off and got it meanwhile.
kodamaOnly("cut off behind each packet of its way back, it gets all of it once", options, async server => {
  const proxy = await Proxy.before(server);
  const socket = await proxy.server.connect("/", { transports: ["websocket"] });
  const other = await server.connect();
  const before = socket.id;
  await lose(server, socket);
  for (const n of numbers(6)) other.emit("broadcast", {}, "missed", n);
  await other.emitWithAck("answer", "fence");
  const got = [];
  for (const packets of [1, 2, 3]) {
    proxy.cutsBehind = packets;
    socket.connect();
    got.push(...await socket.inbox.until("disconnect"));
    await server.told("disconnect");
  }
  proxy.cutsBehind = Infinity;
  const events = got.filter(([event]) => event !== "connect").map(withoutOffset);

  assert.deepEqual([...events, ...await comeBack(socket)], numbers(6).map(n => ["missed", n]));
  assert.deepEqual([socket.recovered, socket.id], [true, before]);
});

kodamaOnly("a client that never got an event", options, async server => {
  const socket = await server.connect();
  const other = await server.connect();
  const before = socket.id;
  await lose(server, socket);
  other.emit("broadcast", {}, "missed", 1);
  await other.emitWithAck("answer", "fence");

  assert.deepEqual(await comeBack(socket), [["missed", 1]]);
  assert.deepEqual([socket.recovered, socket.id], [true, before]);
});

kodamaOnly("a second time, without an event in between", options, async server => {
  const socket = await server.connect();
  const before = socket.id;
  for (const n of numbers(3)) {
    await lose(server, socket);
    await comeBack(socket);
    assert.deepEqual([n, socket.recovered, socket.id], [n, true, before]);
  }
});

kodamaOnly("the last that it got was volatile", options, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });
  const other = await server.connect();
  socket.emit("emit", "first", "a text");
  assert.deepEqual(withoutOffset(await socket.inbox.take("first")), ["a text"]);
  const said = await insist(socket, "volatile", () => {
    other.emit("broadcast", { volatile: true }, "volatile", "not an offset");
    return other.emitWithAck("answer", "fence");
  });
  assert.deepEqual(withoutOffset(said), ["not an offset"]);
  await lose(server, socket);
  await comeBack(socket);

  assert.equal(socket.recovered, true);
});
