import assert from "node:assert/strict";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

// Four sockets: 0 in red, 1 in red and blue, 2 in blue, 3 in none.
async function four(server, namespace = "/chat") {
  const sockets = [];
  for (const transport of ["polling", "websocket", "polling", "websocket"]) {
    sockets.push(await server.connect(namespace, { transports: [transport] }));
  }
  for (const [n, room] of [[0, "red"], [1, "red"], [1, "blue"], [2, "blue"]]) await sockets[n].emitWithAck("join", room);
  return sockets;
}

// Who heard it, by number.
async function hear(sockets, speaker, choice) {
  sockets[speaker].emit("broadcast", choice, "said");
  sockets[speaker].emit("broadcast", {}, "end");
  const heard = await Promise.all(sockets.map(socket => socket.inbox.until("end")));
  return heard.map((said, n) => ({ n, times: said.length })).filter(({ times }) => times > 0).map(({ n, times }) => {
    assert.equal(times, 1, `socket ${n} heard it ${times} times`);
    return n;
  });
}

for (const namespace of ["/", "/chat"]) {
  scenario(`${namespace}: to a room, to several, and except`, {}, async server => {
    const sockets = await four(server, namespace);

    assert.deepEqual(await hear(sockets, 0, { to: ["red"] }), [0, 1]);
    assert.deepEqual(await hear(sockets, 3, { to: ["red"] }), [0, 1]);
    assert.deepEqual(await hear(sockets, 0, { to: ["red", "blue"] }), [0, 1, 2]);
    assert.deepEqual(await hear(sockets, 0, { except: ["red"] }), [2, 3]);
    assert.deepEqual(await hear(sockets, 0, { except: ["red", "blue"] }), [3]);
    assert.deepEqual(await hear(sockets, 0, { to: ["red"], except: ["blue"] }), [0]);
    assert.deepEqual(await hear(sockets, 0, { to: ["red", "blue"], except: ["red"] }), [2]);
    assert.deepEqual(await hear(sockets, 0, { to: ["nobody is here"] }), []);
    assert.deepEqual(await hear(sockets, 0, { except: ["nobody is here"] }), [0, 1, 2, 3]);
  });

  scenario(`${namespace}: a socket's own to and except leave itself out`, {}, async server => {
    const sockets = await four(server, namespace);

    assert.deepEqual(await hear(sockets, 0, { from: "socket", to: ["red"] }), [1]);
    assert.deepEqual(await hear(sockets, 1, { from: "socket", to: ["red", "blue"] }), [0, 2]);
    assert.deepEqual(await hear(sockets, 2, { from: "socket", except: ["red"] }), [3]);
    assert.deepEqual(await hear(sockets, 3, { from: "socket" }), [0, 1, 2]);
    assert.deepEqual(await hear(sockets, 3, { from: "socket", to: ["blue"], except: ["red"] }), [2]);
  });

  scenario(`${namespace}: a socket's id is its room`, {}, async server => {
    const sockets = await four(server, namespace);

    assert.deepEqual(await hear(sockets, 0, { to: [sockets[3].id] }), [3]);
    assert.deepEqual(await hear(sockets, 0, { to: [sockets[3].id, "red"] }), [0, 1, 3]);
    assert.deepEqual(await hear(sockets, 0, { except: [sockets[1].id] }), [0, 2, 3]);
    assert.deepEqual(await hear(sockets, 0, { to: ["red"], except: [sockets[0].id] }), [1]);
    assert.deepEqual(await hear(sockets, 0, { from: "socket", to: [sockets[0].id] }), []);
  });
}

scenario("leaving a room, and rooms of a socket", {}, async server => {
  const sockets = await four(server);
  assert.deepEqual(await sockets[1].emitWithAck("rooms"), ["blue", "red"]);
  await sockets[1].emitWithAck("leave", "red");
  await sockets[1].emitWithAck("leave", "never joined");

  assert.deepEqual(await sockets[1].emitWithAck("rooms"), ["blue"]);
  assert.deepEqual(await hear(sockets, 0, { to: ["red"] }), [0]);
});

scenario("joining twice is joining once", {}, async server => {
  const sockets = await four(server);
  await sockets[0].emitWithAck("join", "red");
  assert.deepEqual(await hear(sockets, 3, { to: ["red"] }), [0, 1]);
  await sockets[0].emitWithAck("leave", "red");
  assert.deepEqual(await hear(sockets, 3, { to: ["red"] }), [1]);
});

scenario("several rooms at once", {}, async server => {
  const socket = await server.connect();
  await socket.emitWithAck("join", ["a", "b", "c"]);

  assert.deepEqual(await socket.emitWithAck("rooms"), ["a", "b", "c"]);
});

scenario("names of rooms: any text", {}, async server => {
  const socket = await server.connect();
  const names = [" ", "/", "a/b", "a,b", "#", "木霊", "__proto__", "x".repeat(100)];
  for (const name of names) await socket.emitWithAck("join", name);
  assert.deepEqual(await socket.emitWithAck("rooms"), [...names].sort());
  for (const name of names) {
    socket.emit("broadcast", { to: [name] }, "said", name);
    assert.deepEqual(await socket.inbox.take("said"), [name]);
  }
});

kodamaOnly("names of rooms: what the hub does not take is an error of the handler that joins", {}, async server => {
  const socket = await server.connect();
  for (const name of ["", "x".repeat(500), "line\nend"]) {
    socket.emit("join", name);
    assert.match((await server.told("error"))[0], /cannot be a room's name/);
  }
});

scenario("who disconnects is in no room", {}, async server => {
  const sockets = await four(server);
  sockets[0].disconnect();
  assert.deepEqual(await server.told("disconnecting"), ["/chat", "client namespace disconnect", ["red"]]);
  await server.told("disconnect");

  assert.deepEqual(await hear(sockets.slice(1), 0, { to: ["red"] }), [0]);
});

scenario("fetchSockets: all, of a room, with rooms and data", {}, async server => {
  const sockets = await four(server);
  await sockets[1].emitWithAck("keep", "name", "one");
  const ids = found => found.map(({ id }) => sockets.findIndex(socket => socket.id === id)).sort();

  assert.deepEqual(ids(await sockets[0].emitWithAck("fetch", {})), [0, 1, 2, 3]);
  assert.deepEqual(ids(await sockets[0].emitWithAck("fetch", { to: ["red"] })), [0, 1]);
  assert.deepEqual(ids(await sockets[0].emitWithAck("fetch", { except: ["red"] })), [2, 3]);
  assert.deepEqual(ids(await sockets[0].emitWithAck("fetch", { to: ["nobody"] })), []);
  const [one] = await sockets[0].emitWithAck("fetch", { to: ["red"], except: [sockets[0].id] });
  assert.deepEqual(one, { id: sockets[1].id, rooms: [sockets[1].id, "blue", "red"].sort(), data: { name: "one" } });
});

scenario("socketsJoin and socketsLeave move whom they mean", {}, async server => {
  const sockets = await four(server);
  await sockets[0].emitWithAck("sockets join", { to: ["blue"] }, ["green", "yellow"]);
  assert.deepEqual(await hear(sockets, 0, { to: ["green"] }), [1, 2]);
  await sockets[0].emitWithAck("sockets leave", { to: ["red"] }, "green");
  assert.deepEqual(await hear(sockets, 0, { to: ["green"] }), [2]);
  assert.deepEqual(await hear(sockets, 0, { to: ["yellow"] }), [1, 2]);
  await sockets[0].emitWithAck("sockets join", {}, "all");
  assert.deepEqual(await hear(sockets, 0, { to: ["all"] }), [0, 1, 2, 3]);
});

scenario("disconnectSockets of a room", {}, async server => {
  const sockets = await four(server);
  sockets[3].emit("disconnect sockets", { to: ["red"] }, false);
  for (const n of [0, 1]) assert.equal((await sockets[n].inbox.take("disconnect"))[0], "io server disconnect");

  assert.deepEqual(await hear(sockets.slice(2), 1, {}), [0, 1]);
});
