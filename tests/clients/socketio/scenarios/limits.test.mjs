import assert from "node:assert/strict";
import { engine } from "../runner/engine.mjs";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

const small = { maxHttpBufferSize: 2000 };

scenario("polling: a message above the limit: the client gives up, others stay", small, async server => {
  const [large, other] = [await server.connect("/", { transports: ["polling"] }), await server.connect()];
  large.emit("echo", "x".repeat(5000));

  const [reason, details] = await large.inbox.take("disconnect");
  assert.deepEqual([reason, details.description], ["transport error", 413]);
  assert.equal(await other.emitWithAck("answer", 1), 1);
});

scenario("WebSocket: a message above the limit: close 1009, others stay", small, async server => {
  const [large, other] = [await server.connect("/", { transports: ["websocket"] }), await server.connect()];
  large.emit("echo", "x".repeat(5000));

  const [reason, details] = await large.inbox.take("disconnect");
  assert.deepEqual([reason, details.description, details.context.code], ["transport close", "websocket connection closed", 1009]);
  assert.equal(await other.emitWithAck("answer", 1), 1);
  return (await server.told("disconnect"))[1];
});

scenario("many small messages are more than one body: the client splits them", small, async server => {
  const socket = await server.connect("/", { transports: ["polling"] });
  for (let n = 0; n < 50; n++) socket.emit("echo", "x".repeat(500), n);
  socket.emit("emit", "end");

  assert.equal((await socket.inbox.until("end")).length, 50);
});

scenario("what the server sends has no such limit", small, async server => {
  const socket = await server.connect("/", { transports: ["polling"] });
  socket.emit("many", "x".repeat(1000), 50);
  socket.emit("emit", "end");

  assert.equal((await socket.inbox.until("end")).length, 50);
});

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: a message of just the limit`, small, async server => {
    const session = await engine(server, { transports: [transport] });
    session.send("0");
    await session.inbox.take("message");
    const event = '2["echo",""]';
    session.send(event.replace('""', `"${"x".repeat(2000 - event.length - 1)}"`));
    const [packet] = await session.inbox.take("message");

    assert.equal(packet.length, 1999);
  });
}

scenario("a loop of five megabytes over WebSocket", {}, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });
  socket.emit("many", "x".repeat(1000), 5000);
  socket.emit("emit", "end");

  assert.equal((await socket.inbox.until("end")).length, 5000);
});

kodamaOnly("more than an outbox holds, which node keeps without a bound: the socket ends, others stay", {}, async server => {
  const session = await engine(server, { transports: ["polling"] });
  const other = await server.connect();
  session.send("0");
  session.send(`2["many","${"x".repeat(1000)}",20000]`);

  assert.deepEqual((await server.told("disconnect"))[1], "transport error");
  assert.equal(await other.emitWithAck("answer", 1), 1);
});
