import assert from "node:assert/strict";
import { engine } from "../runner/engine.mjs";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

// It answers no ping, and does not end by itself either.
function fallSilent(engine) {
  clearTimeout(engine._pingTimeoutTimer);
  engine._resetPingTimeout = engine._sendPacket = () => {};
}

// A packet in a wrong state ends the connection by one or the other; in node it depends on what is still to be sent.
const closed = why => why.replace("forced server close", "forced close");

const reason = async socket => (await socket.inbox.take("disconnect"))[0];

for (const transport of ["polling", "websocket"]) {
  const options = { transports: [transport] };

  scenario(`${transport}: the client disconnects`, {}, async server => {
    const socket = await server.connect("/", options);
    socket.disconnect();

    assert.equal(await reason(socket), "io client disconnect");
    assert.deepEqual(await server.told("disconnecting"), ["/", "client namespace disconnect", []]);
    assert.deepEqual(await server.told("disconnect"), ["/", "client namespace disconnect"]);
  });

  scenario(`${transport}: the server disconnects a socket, the others of its connection stay`, {}, async server => {
    const main = await server.connect("/", options);
    const chat = main.io.socket("/chat");
    await new Promise(resolve => chat.once("connect", resolve));
    main.emit("disconnect me");

    assert.equal(await reason(main), "io server disconnect");
    assert.equal(main.active, false);
    assert.deepEqual(await server.told("disconnect"), ["/", "server namespace disconnect"]);
    assert.equal(await chat.emitWithAck("answer", "still here"), "still here");
  });

  scenario(`${transport}: the server disconnects a whole connection`, {}, async server => {
    const main = await server.connect("/", options);
    const chat = main.io.socket("/chat");
    await new Promise(resolve => chat.once("connect", resolve));
    const chatReason = new Promise(resolve => chat.once("disconnect", resolve));
    main.emit("disconnect me", true);

    assert.equal(await reason(main), "io server disconnect");
    assert.equal(await chatReason, "io server disconnect");
    const told = [await server.told("disconnect"), await server.told("disconnect")];
    assert.deepEqual(told.sort(), [["/", "server namespace disconnect"], ["/chat", "server namespace disconnect"]]);
  });

  scenario(`${transport}: what was said before disconnect() arrives before it`, {}, async server => {
    const socket = await server.connect("/", options);
    socket.emit("many", "last words", 20);
    socket.emit("disconnect me", true);

    assert.equal((await socket.inbox.until("disconnect")).length, 20);
  });

  scenario(`${transport}: the client closes the connection`, {}, async server => {
    const socket = await server.connect("/", options);
    socket.io.engine.close();

    assert.deepEqual(await server.told("disconnect"), ["/", "transport close"]);
    return reason(socket);
  });

  scenario(`${transport}: the client answers no ping`, { pingInterval: 50, pingTimeout: 100 }, async server => {
    const socket = await server.connect("/", options);
    fallSilent(socket.io.engine);

    assert.deepEqual(await server.told("disconnect"), ["/", "ping timeout"]);
    return reason(socket);
  });

  scenario(`${transport}: the server falls silent`, { pingInterval: 200, pingTimeout: 200, ownProcess: true }, async server => {
    const socket = await server.connect("/", options);
    server.program.freeze();

    assert.equal(await reason(socket), "ping timeout");
  });

  scenario(`${transport}: the server is killed`, { ownProcess: true }, async server => {
    const socket = await server.connect("/", options);
    await server.program.kill();

    assert.equal(await reason(socket), transport === "polling" ? "transport error" : "transport close");
  });

  scenario(`${transport}: the server stops`, {}, async server => {
    const socket = await server.connect("/", options);
    const stopped = server.stop();

    assert.deepEqual(await server.told("disconnect"), ["/", "server shutting down"]);
    // A client that polls may just be about to ask again, and finds nobody.
    assert.match(await reason(socket), /^transport (close|error)$/);
    await stopped;
  });

  scenario(`${transport}: CONNECT twice`, {}, async server => {
    const session = await engine(server, options);
    session.send("0");
    await session.inbox.take("message");
    session.send("0");

    assert.equal(closed((await server.told("disconnect"))[1]), "forced close");
    return session.inbox.take("close").then(([why]) => why);
  });

  scenario(`${transport}: nothing joined within connectTimeout`, { connectTimeout: 50 }, async server => {
    const session = await engine(server, options);

    return session.inbox.take("close").then(([why]) => why);
  });

  scenario(`${transport}: an event before CONNECT`, {}, async server => {
    const session = await engine(server, options);
    session.send('2["echo",1]');

    return session.inbox.take("close").then(([why]) => why);
  });

  const malformed = {
    "no type": "x",
    "type 7": "7",
    "an empty packet": "",
    "an event without an array": '2{"a":1}',
    "an empty array": "2[]",
    "no JSON": '2["a"',
    "a name that is an object": '2[{"a":1}]',
    "a reserved name": '2["disconnect"]',
    "attachments without a number": '5-["a",{"_placeholder":true,"num":0}]',
    "too many attachments": '511-["a",{"_placeholder":true,"num":0}]',
    "a huge count of attachments": '599999999999-["a"]',
    "an error for a CONNECT": '4{"message":"no"}',
    "a payload of DISCONNECT": '1["a"]',
    "a payload of CONNECT that is a list": "0[]",
  };
  for (const [what, packet] of Object.entries(malformed)) {
    scenario(`${transport}: malformed: ${what}`, {}, async server => {
      const session = await engine(server, options);
      session.send("0");
      await session.inbox.take("message");
      session.send(packet);

      const [, why] = await server.told("disconnect");
      return [closed(why), (await session.inbox.take("close"))[0]];
    });
  }

  scenario(`${transport}: malformed: text while attachments are missing`, {}, async server => {
    const session = await engine(server, options);
    session.send("0");
    await session.inbox.take("message");
    session.send('51-["echo",{"_placeholder":true,"num":0}]');
    session.send('2["echo",1]');

    const [, why] = await server.told("disconnect");
    return [why, (await session.inbox.take("close"))[0]];
  });

  scenario(`${transport}: malformed: binary that nobody announced`, {}, async server => {
    const session = await engine(server, options);
    session.send("0");
    await session.inbox.take("message");
    session.send(Buffer.of(1, 2, 3));

    const [, why] = await server.told("disconnect");
    return [why, (await session.inbox.take("close"))[0]];
  });

  scenario(`${transport}: malformed: a placeholder for an attachment that there is not`, {}, async server => {
    const session = await engine(server, options);
    session.send("0");
    await session.inbox.take("message");
    session.send('51-["echo",{"_placeholder":true,"num":1}]');
    session.send(Buffer.of(1));

    const [, why] = await server.told("disconnect");
    return [why, (await session.inbox.take("close"))[0]];
  });
}

scenario("a WebSocket that just ends", {}, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });
  socket.io.engine.transport.ws.terminate();

  assert.deepEqual(await server.told("disconnect"), ["/", "transport close"]);
  assert.equal(await reason(socket), "transport close");
});

scenario("one packet of rubbish ends one connection", {}, async server => {
  const [bad, good] = [await server.connect("/", { transports: ["websocket"] }), await server.connect()];
  bad.io.engine.transport.ws.send("9");
  await bad.inbox.take("disconnect");

  assert.equal(await good.emitWithAck("answer", "still here"), "still here");
  return server.told("disconnect");
});

kodamaOnly("an exception in a handler ends nothing, and reaches the error handler", {}, async server => {
  const socket = await server.connect();
  socket.emit("throw", "on purpose");
  assert.deepEqual(await server.told("error"), ["on purpose"]);

  assert.equal(await socket.emitWithAck("answer", "still here"), "still here");
});
