import assert from "node:assert/strict";
import { scenario } from "../runner/scenario.mjs";

const refused = async socket => {
  const [error] = await socket.inbox.take("connect_error");
  return [error.message, error.data];
};

scenario("several namespaces over one connection, each with its own id", {}, async server => {
  const main = await server.connect("/");
  const chat = main.io.socket("/chat");
  await new Promise(resolve => chat.once("connect", resolve));

  assert.notEqual(chat.id, main.id);
  assert.notEqual(chat.id, main.io.engine.id);
  const connected = [await server.told("connected"), await server.told("connected")].map(([namespace, id]) => [namespace, id]);
  assert.deepEqual(connected.sort(), [["/", main.id], ["/chat", chat.id]]);
});

scenario("what is said in one namespace stays there", {}, async server => {
  const main = await server.connect("/");
  const chat = await server.connect("/chat");
  const room = await server.connect("/room-1");
  for (const socket of [main, chat, room]) socket.emit("broadcast", {}, "said", socket.nsp);
  for (const socket of [main, chat, room]) assert.deepEqual(await socket.inbox.take("said"), [socket.nsp]);
  for (const socket of [main, chat, room]) socket.emit("broadcast", {}, "end");
  for (const socket of [main, chat, room]) assert.deepEqual(await socket.inbox.until("end"), []);
});

scenario("leaving one namespace leaves the others", {}, async server => {
  const main = await server.connect("/");
  const chat = main.io.socket("/chat");
  await new Promise(resolve => chat.once("connect", resolve));
  chat.disconnect();

  assert.deepEqual(await server.told("disconnect"), ["/chat", "client namespace disconnect"]);
  assert.equal(await main.emitWithAck("answer", "still here"), "still here");
});

scenario("and coming back makes a new socket", {}, async server => {
  const chat = await server.connect("/chat");
  const before = chat.id;
  chat.disconnect().connect();
  await chat.inbox.take("connect");

  assert.notEqual(chat.id, before);
  assert.equal(await chat.emitWithAck("answer", 1), 1);
});

scenario("one that does not exist is refused, and the connection lives", {}, async server => {
  const main = await server.connect("/");
  const nothing = main.io.socket("/nothing");
  const error = await new Promise(resolve => nothing.once("connect_error", resolve));

  assert.deepEqual([error.message, error.data], ["Invalid namespace", undefined]);
  assert.equal(await main.emitWithAck("answer", "still here"), "still here");
});

scenario("a pattern admits what it matches, as it is written", {}, async server => {
  await server.connect("/room-12");
  assert.equal((await server.told("connected"))[0], "/room-12");

  for (const other of ["/room-", "/room-1a", "/Room-1"]) {
    assert.deepEqual(await refused(server.client(other)), ["Invalid namespace", undefined]);
  }
});

scenario("rooms of two namespaces of one pattern are not the same", {}, async server => {
  const [one, two] = [await server.connect("/room-1"), await server.connect("/room-2")];
  for (const socket of [one, two]) await socket.emitWithAck("join", "kitchen");
  one.emit("broadcast", { to: ["kitchen"] }, "tea");
  await one.inbox.take("tea");
  two.emit("broadcast", {}, "end");

  assert.deepEqual(await two.inbox.until("end"), []);
});

scenario("a predicate sees name and auth", {}, async server => {
  await server.connect("/guest-1", { auth: { welcome: true } });
  assert.deepEqual(await refused(server.client("/guest-2", { auth: { welcome: false } })), ["Invalid namespace", undefined]);
  assert.deepEqual(await refused(server.client("/guest-3")), ["Invalid namespace", undefined]);
});

scenario("a query in the namespace's address is the handshake's", {}, async server => {
  const socket = await server.connect("/chat?colour=red", {});

  assert.equal(socket.nsp, "/chat");
  assert.equal((await socket.emitWithAck("handshake")).query.colour, "red");
});

scenario("middleware refuses with message and data", {}, async server => {
  assert.deepEqual(await refused(server.client("/admin")), ["not authorized", { code: 401, hint: "ask" }]);
  assert.deepEqual(await refused(server.client("/admin", { auth: { token: "wrong" } })), ["not authorized", { code: 401, hint: "ask" }]);
  assert.deepEqual(await refused(server.client("/admin", { auth: { token: "secret", banned: true } })), ["banned", undefined]);
});

scenario("middleware runs in order, and what it keeps the handlers find", {}, async server => {
  const socket = await server.connect("/admin", { auth: { token: "secret" } });
  const [{ data }] = await socket.emitWithAck("fetch", {});

  assert.deepEqual(data, { steps: ["first", "second"] });
});

scenario("a refused socket can try again with other credentials", {}, async server => {
  let token = "wrong";
  const socket = server.client("/admin", { auth: answer => answer({ token }) });
  await refused(socket);
  token = "secret";
  socket.connect();
  await socket.inbox.take("connect");

  assert.deepEqual((await socket.emitWithAck("handshake")).auth, { token: "secret" });
});

scenario("what is sent while middleware still runs waits in the client", {}, async server => {
  const socket = server.client("/admin", { auth: { token: "secret" } });
  socket.emit("echo", 1);

  assert.deepEqual(await socket.inbox.take("echo"), [1]);
});

scenario("auth is what the client says, of any depth", {}, async server => {
  const auth = { token: "木霊", nested: { list: [1, "two", null] }, "": "" };
  const socket = await server.connect("/", { auth });

  assert.deepEqual((await socket.emitWithAck("handshake")).auth, auth);
});
