import assert from "node:assert/strict";
import { scenario } from "../runner/scenario.mjs";

const again = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 100, randomizationFactor: 0 };

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  const name = `${transports.join(" and ")}: the server is killed and started again, the client comes back by itself`;
  scenario(name, { ownProcess: true }, async server => {
    const socket = await server.connect("/", { ...again, transports });
    const before = socket.id;
    await server.program.kill();
    await socket.inbox.take("disconnect");
    assert.equal(socket.active, true);
    socket.emit("echo", "said while nobody was there");
    await server.startAgain();
    await socket.inbox.take("connect");

    assert.notEqual(socket.id, before);
    assert.ok(!socket.recovered);
    assert.deepEqual(await socket.inbox.take("echo"), ["said while nobody was there"]);
    assert.deepEqual((await server.told("connected")).slice(0, 2), ["/", socket.id]);
  });
}

scenario("every namespace of a connection comes back", { ownProcess: true }, async server => {
  const main = await server.connect("/", again);
  const chat = main.io.socket("/chat");
  await new Promise(resolve => chat.once("connect", resolve));
  const back = new Promise(resolve => chat.once("disconnect", () => chat.once("connect", resolve)));
  await server.program.kill();
  await server.startAgain();
  await main.inbox.take("connect");
  await back;

  assert.equal(await chat.emitWithAck("answer", 1), 1);
});

scenario("a lost connection is opened again", {}, async server => {
  const socket = await server.connect("/", { ...again, transports: ["websocket"] });
  socket.io.engine.transport.ws.terminate();
  await socket.inbox.take("connect");

  assert.equal(await socket.emitWithAck("answer", 1), 1);
});

scenario("whom the server disconnects stays away until told", {}, async server => {
  const socket = await server.connect("/", again);
  socket.emit("disconnect me");
  await socket.inbox.take("disconnect");
  assert.equal(socket.active, false);
  socket.connect();
  await socket.inbox.take("connect");

  assert.equal(await socket.emitWithAck("answer", 1), 1);
});

scenario("a client that gives up", { ownProcess: true }, async server => {
  const socket = await server.connect("/", { ...again, reconnectionAttempts: 2 });
  const failed = new Promise(resolve => socket.io.on("reconnect_failed", resolve));
  await server.program.kill();
  await failed;

  assert.equal(socket.connected, false);
});
