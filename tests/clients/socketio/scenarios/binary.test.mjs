import assert from "node:assert/strict";
import { scenario } from "../runner/scenario.mjs";

const bytes = (...values) => Buffer.from(values);
const every = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: binary of every length and value`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    for (const buffer of [bytes(), bytes(0), bytes(4), bytes(0x1e, 0x1e), bytes(255, 0, 128), every]) {
      socket.emit("echo", buffer);
      assert.deepEqual(await socket.inbox.take("echo"), [buffer]);
    }
  });

  scenario(`${transport}: several attachments, nested, among other arguments`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    const args = ["text", bytes(1), { a: bytes(2), deep: [null, { b: bytes(3, 3) }] }, [bytes(), [bytes(4)]], 5];
    socket.emit("echo", ...args);

    assert.deepEqual(await socket.inbox.take("echo"), args);
  });

  scenario(`${transport}: acknowledgements with binary, both ways`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    socket.on("question", (question, answer) => answer({ was: question, is: bytes(7) }));

    assert.deepEqual(await socket.emitWithAck("answer", { x: [bytes(1), bytes(2)] }), { x: [bytes(1), bytes(2)] });
    assert.deepEqual(await socket.emitWithAck("ask", 20_000, "question", bytes(6)), { answer: { was: bytes(6), is: bytes(7) } });
  });

  scenario(`${transport}: binary and text events keep their order`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    const said = [];
    for (let n = 0; n < 60; n++) {
      const content = n % 3 === 0 ? n : n % 3 === 1 ? bytes(n) : [bytes(n), bytes(n, n)];
      said.push(["echo", content]);
      socket.emit("echo", content);
    }
    socket.emit("emit", "end");

    assert.deepEqual(await socket.inbox.until("end"), said);
  });
}

scenario("as many attachments as clients take", {}, async server => {
  const socket = await server.connect();
  const args = Array.from({ length: 10 }, (_, n) => bytes(n));
  socket.emit("echo", ...args);

  assert.deepEqual(await socket.inbox.take("echo"), args);
});

scenario("binary to everybody", {}, async server => {
  const sockets = [
    await server.connect("/", { transports: ["polling"] }),
    await server.connect("/", { transports: ["websocket"] }),
    await server.connect(),
  ];
  sockets[0].emit("broadcast", {}, "picture", every, { thumbnail: bytes(1, 2) });

  for (const socket of sockets) assert.deepEqual(await socket.inbox.take("picture"), [every, { thumbnail: bytes(1, 2) }]);
});

scenario("an object that only looks like a placeholder of text", {}, async server => {
  const socket = await server.connect();
  socket.emit("echo", { _placeholder: true, num: 0 });

  assert.deepEqual(await socket.inbox.take("echo"), [{ _placeholder: true, num: 0 }]);
});

scenario("typed arrays are bytes", {}, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });
  socket.emit("echo", Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5).buffer);

  assert.deepEqual(await socket.inbox.take("echo"), [bytes(1, 2, 3), bytes(4, 5)]);
});
