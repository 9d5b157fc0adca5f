import assert from "node:assert/strict";
import { numbers } from "../runner/numbers.mjs";
import { scenario } from "../runner/scenario.mjs";

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: the server answers`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });

    assert.equal(await socket.emitWithAck("answer", "木霊"), "木霊");
    assert.deepEqual(await new Promise(resolve => socket.emit("answer", [1], { two: 2 }, (...args) => resolve(args))), [[1], { two: 2 }]);
    assert.deepEqual(await new Promise(resolve => socket.emit("answer", (...args) => resolve(args))), []);
  });

  scenario(`${transport}: the client answers`, {}, async server => {
    const socket = await server.connect("/", { transports: [transport] });
    socket.on("question", (a, b, answer) => answer(a + b));

    assert.deepEqual(await socket.emitWithAck("ask", 20_000, "question", 40, 2), { answer: 42 });
  });
}

scenario("a hundred questions at once, each its answer", {}, async server => {
  const socket = await server.connect();
  const answers = await Promise.all(numbers(100).map(n => socket.emitWithAck("answer", n)));

  assert.deepEqual(answers, numbers(100));
});

scenario("a question in a question does not block", {}, async server => {
  const socket = await server.connect();
  socket.on("question", async answer => answer(await socket.emitWithAck("answer", "in between")));

  assert.deepEqual(await socket.emitWithAck("ask", 20_000, "question"), { answer: "in between" });
});

scenario("a callback that is called twice answers once", {}, async server => {
  const socket = await server.connect();
  const answers = [];
  socket.emit("answer twice", n => answers.push(n));
  await socket.emitWithAck("answer", "fence");

  assert.deepEqual(answers, [1]);
});

scenario("the client's timeout, without an answer", {}, async server => {
  const socket = await server.connect();

  await assert.rejects(socket.timeout(20).emitWithAck("never"), { message: "operation has timed out" });
});

scenario("the server's timeout, without an answer", {}, async server => {
  const socket = await server.connect();

  assert.deepEqual(await socket.emitWithAck("ask", 20, "nobody answers this"), { error: "operation has timed out" });
});

scenario("an answer that comes after the timeout is ignored", {}, async server => {
  const socket = await server.connect();
  let late;
  socket.on("question", answer => (late = answer));
  assert.deepEqual(await socket.emitWithAck("ask", 20, "question"), { error: "operation has timed out" });
  late("too late");

  assert.equal(await socket.emitWithAck("answer", "still here"), "still here");
});

scenario("an answer is not an event: acknowledgements see no handlers", {}, async server => {
  const socket = await server.connect();
  socket.emit("answer", "echo", () => {});
  socket.emit("emit", "end");

  assert.deepEqual(await socket.inbox.until("end"), []);
});

scenario("a broadcast with acknowledgements gathers all answers", {}, async server => {
  const sockets = [
    await server.connect(),
    await server.connect("/", { transports: ["polling"] }),
    await server.connect("/", { transports: ["websocket"] }),
  ];
  sockets.forEach((socket, n) => socket.on("who", (greeting, answer) => answer(`${greeting} ${n}`)));

  const all = await sockets[0].emitWithAck("ask all", { timeout: 20_000 }, "who", "I am");
  assert.deepEqual(all, { late: false, responses: ["I am 0", "I am 1", "I am 2"] });
  const others = await sockets[0].emitWithAck("ask all", { timeout: 20_000, from: "socket" }, "who", "I am");
  assert.deepEqual(others, { late: false, responses: ["I am 1", "I am 2"] });
});

scenario("a broadcast with acknowledgements ends at its timeout with the answers that came", {}, async server => {
  const [answering, silent] = [await server.connect(), await server.connect()];
  answering.on("who", answer => answer("here"));
  silent.on("who", () => {});

  assert.deepEqual(await silent.emitWithAck("ask all", { timeout: 2000 }, "who"), { late: true, responses: ["here"] });
});

scenario("a broadcast with acknowledgements to nobody ends at once", {}, async server => {
  const socket = await server.connect();

  assert.deepEqual(await socket.emitWithAck("ask all", { timeout: 20_000, to: ["an empty room"] }, "who"), { late: false, responses: [] });
});

scenario("a client that tries again until it is answered", {}, async server => {
  const socket = await server.connect("/", { retries: 3, ackTimeout: 10_000 });
  const answers = await Promise.all(numbers(5).map(n => new Promise((resolve, reject) => {
    socket.emit("answer", n, (error, answer) => (error ? reject(error) : resolve(answer)));
  })));

  assert.deepEqual(answers, numbers(5));
});
