// Literal requests of Engine.IO, and what the servers answer byte for byte, but for ids.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import WebSocket from "ws";
import { within } from "../runner/deadline.mjs";
import { nameless, request } from "../runner/http.mjs";
import { open, path } from "../runner/polling.mjs";
import { scenario } from "../runner/scenario.mjs";

const upgrade = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const json = (status, code, message) => ({
  status,
  body: JSON.stringify({ code, message }),
});

const refusals = {
  "an unknown transport": ["/socket.io/?EIO=4&transport=carrier-pigeon", {}, json(400, 0, "Transport unknown")],
  "no transport": ["/socket.io/?EIO=4", {}, json(400, 0, "Transport unknown")],
  "a transport named as a property": ["/socket.io/?EIO=4&transport=constructor", {}, json(400, 0, "Transport unknown")],
  "an unknown sid": [`${path}&sid=unknown`, {}, json(400, 1, "Session ID unknown")],
  "a sid named as a property": [`${path}&sid=__proto__`, {}, json(400, 1, "Session ID unknown")],
  "POST without a sid": [path, { method: "POST", body: "40" }, json(400, 2, "Bad handshake method")],
  "PUT without a sid": [path, { method: "PUT", body: "40" }, json(400, 2, "Bad handshake method")],
  "OPTIONS without the option": [path, { method: "OPTIONS" }, json(400, 2, "Bad handshake method")],
  "WebSocket without a handshake": ["/socket.io/?EIO=4&transport=websocket", {}, json(400, 3, "Bad request")],
  "EIO=3": ["/socket.io/?EIO=3&transport=polling", {}, json(400, 5, "Unsupported protocol version")],
  "no EIO": ["/socket.io/?transport=polling", {}, json(400, 5, "Unsupported protocol version")],
};
for (const [what, [url, options, expected]] of Object.entries(refusals)) {
  scenario(`refused: ${what}`, {}, async server => {
    const answer = await request(server, url, options);
    assert.deepEqual({ status: answer.status, body: answer.body }, expected);
    assert.equal(answer.headers["content-type"], "application/json");
    return answer.headers["cache-control"] ?? null;
  });
}

const refusedUpgrades = {
  "an unknown transport": "/socket.io/?EIO=4&transport=carrier-pigeon",
  "an unknown sid": "/socket.io/?EIO=4&transport=websocket&sid=unknown",
};
for (const [what, url] of Object.entries(refusedUpgrades)) {
  scenario(`refused handshake: ${what}`, {}, async server => {
    const { status, headers, body } = await request(server, url, { headers: upgrade });
    assert.equal(status, 400);
    return { headers, body };
  });
}

scenario("refused by the application, with its words", { refuses: true }, async server => {
  const answer = await request(server, `${path}&refuse=because`);
  assert.deepEqual([answer.status, answer.body], [403, '{"code":4,"message":"because"}']);
  const handshake = await request(server, "/socket.io/?EIO=4&transport=websocket&refuse=because", { headers: upgrade });

  return { answer, handshake };
});

scenario("the open packet", { pingInterval: 1234, pingTimeout: 567, maxHttpBufferSize: 8910 }, async server => {
  const { sid, answer } = await open(server);
  assert.match(sid, /^[A-Za-z0-9_-]{20,}$/);
  assert.deepEqual(
    nameless(answer.body, sid),
    '0{"sid":"<sid>","upgrades":["websocket"],"pingInterval":1234,"pingTimeout":567,"maxPayload":8910}',
  );

  return nameless(answer, sid);
});

scenario("the open packet, and a first message", { initialPacket: "welcome", allowUpgrades: false }, async server => {
  const { sid, answer } = await open(server);

  return nameless(answer.body, sid);
});

scenario("a cookie", { cookie: true }, async server => {
  const { sid, answer } = await open(server);
  assert.deepEqual(nameless(answer.headers["set-cookie"], sid), ["io=<sid>; Path=/; HttpOnly; SameSite=Lax"]);
});

scenario("a conversation by polling", { pingInterval: 60_000 }, async server => {
  const session = await open(server);
  const transcript = [await session.post("40")];
  const connected = await session.get();
  const { sid } = JSON.parse(connected.body.slice(2));
  transcript.push(connected);
  transcript.push(await session.post('42["echo","木霊"]'), await session.get());
  transcript.push(
    await session.post('42["echo",1]\x1e42["echo",2]\x1e451-["echo",{"_placeholder":true,"num":0}]\x1ebAQID'),
    await packets(session, 4),
  );
  transcript.push(await session.post('421["answer","a","b"]'), await session.get());
  transcript.push(await session.post("40/chat,{}"));
  const chat = await session.get();
  transcript.push(await session.post('42/chat,["echo","there"]'), await session.get());
  transcript.push(await session.post('42/chat,7["answer"]'), await session.get());
  transcript.push(await session.post("40/nothing,"), await session.get());
  transcript.push(await session.post('40/admin,{"token":"wrong"}'), await session.get());
  transcript.push(await session.post('42["disconnect me"]'), await session.get());

  return nameless([...transcript, chat], session.sid, sid, JSON.parse(chat.body.slice(8)).sid);
});

// Handlers run beside the session: what one POST brought may be answered by more than one GET.
async function packets(session, count) {
  const got = [];
  while (got.length < count) {
    const { status, body } = await session.get();
    assert.equal(status, 200);
    got.push(...body.split("\x1e"));
  }

  return got;
}

scenario("volatile is lost for whom there is no GET", { pingInterval: 60_000 }, async server => {
  const session = await open(server);
  await session.post("40");
  await session.get();
  const other = await server.connect("/", { transports: ["websocket"] });
  other.emit("broadcast", { volatile: true, from: "socket" }, "lost");
  other.emit("broadcast", { from: "socket" }, "kept");
  await other.emitWithAck("answer", "fence");

  const { body } = await session.get();
  assert.equal(body, '42["kept"]');
});

scenario("the client's close releases its GET", {}, async server => {
  // The two come over two connections: once more, if the close was there first.
  for (;;) {
    const session = await open(server);
    const waiting = session.get();
    const closed = await session.post("1");
    const released = await waiting;
    if (released.status === 200) return [closed, released, await session.get()];
    assert.equal(released.body, '{"code":1,"message":"Session ID unknown"}');
  }
});

scenario("the server's close reaches whoever asks, after what was said before", {}, async server => {
  const session = await open(server);
  await session.post("40");
  await session.get();
  const answers = [session.get()];
  await session.post('42["many","n",2]\x1e42["disconnect me",true]');
  while ((await answers.at(-1)).status === 200) answers.push(session.get());

  const bodies = await Promise.all(answers.slice(0, -1));
  return bodies.flatMap(({ body }) => body.split("\x1e")).filter(packet => packet !== "6");
});

scenario("a second GET ends the session", {}, async server => {
  const session = await open(server);
  // One of the two arrives first.
  const answers = await Promise.all([session.get(), session.get()]);
  const [ended, refused] = answers.sort((a, b) => a.status - b.status);
  assert.deepEqual([ended.status, ended.body], [200, "1"]);
  assert.equal(refused.status, 400);
  const afterwards = await session.get();
  assert.equal(afterwards.status, 400);

  return { body: refused.body, afterwards };
});

scenario("binary POST is refused and ends the session", {}, async server => {
  const session = await open(server);
  const answer = await session.post(Buffer.of(1, 2, 3), { "Content-Type": "application/octet-stream" });
  assert.equal(answer.status, 400);

  return [answer.body, (await session.get()).status];
});

scenario("a body above the limit: 413, and the session lives", { maxHttpBufferSize: 100 }, async server => {
  const session = await open(server);
  const answer = await session.post("4" + "x".repeat(200));
  assert.equal(answer.status, 413);
  await session.post("40");
  assert.match((await session.get()).body, /^40\{/);

  return answer.body;
});

const malformed = { "an unknown type": "7", "a letter": "x", "an empty packet": "40\x1e\x1e42", "the separator alone": "\x1e" };
for (const [what, body] of Object.entries(malformed)) {
  scenario(`malformed polling body: ${what}`, {}, async server => {
    const session = await open(server);
    const posted = await session.post(body);
    await within((async () => { while ((await session.get()).status === 200); })(), "the session's end");

    return { status: posted.status, body: posted.body };
  });
}

scenario("polling with the id of a session on WebSocket", {}, async server => {
  const socket = await server.connect("/", { transports: ["websocket"] });

  return request(server, `${path}&sid=${socket.io.engine.id}`);
});

scenario("another protocol version with the id of a session", { allowEIO3: true }, async server => {
  const { sid } = await open(server);

  return request(server, `/socket.io/?EIO=3&transport=polling&sid=${sid}`);
});

scenario("JSONP: the script that it is", { pingInterval: 60_000 }, async server => {
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const heard = [];
  const hear = ({ body }) => {
    assert.match(body, /^___eio\[5\]\("/);
    new Function("___eio", body)({ 5: text => heard.push(text) });
  };
  const session = await open(server, "&j=5x", { Referer: server.url + "/page" });
  hear(session.answer);
  assert.deepEqual(await session.post("d=" + encodeURIComponent("40"), form).then(({ status, body }) => [status, body]), [200, "ok"]);
  hear(await session.get());
  await session.post("d=" + encodeURIComponent('42["echo","a\\\\nb\u2028\\"木</script>"]'), form);
  const { body } = await session.get();
  assert.ok(!body.includes("\u2028"));
  hear({ body });

  return nameless(heard, session.sid, JSON.parse(heard[1].slice(2)).sid);
});

scenario("an upgrade by hand", { pingInterval: 60_000 }, async server => {
  const session = await open(server);
  await session.post("40");
  await session.get();
  const waiting = session.get();
  const socket = new WebSocket(server.url.replace("http", "ws") + `/socket.io/?EIO=4&transport=websocket&sid=${session.sid}`);
  server.ends(() => socket.terminate());
  const heard = [];
  let more = () => {};
  socket.on("message", data => more(heard.push(data.toString())));
  const hear = count => within(new Promise(resolve => (more = () => heard.length >= count && resolve()) && more()), "a frame");
  await within(new Promise(resolve => socket.once("open", resolve)), "open");
  socket.send("2probe");
  await hear(1);
  const released = await waiting;
  await session.post('42["echo","by POST, before it is complete"]');
  socket.send("5");
  socket.send('42["echo","by WebSocket"]');
  await hear(3);

  return [heard, released.body];
});

scenario("a WebSocket that comes to nothing leaves polling alone", { pingInterval: 60_000 }, async server => {
  const session = await open(server);
  await session.post("40");
  await session.get();
  const socket = new WebSocket(server.url.replace("http", "ws") + `/socket.io/?EIO=4&transport=websocket&sid=${session.sid}`);
  const closed = new Promise(resolve => socket.once("close", resolve));
  socket.on("error", () => {});
  await within(new Promise(resolve => socket.once("open", resolve)), "open");
  socket.send("rubbish");
  await within(closed, "close");
  await session.post('42["echo","still here"]');

  return (await session.get()).body;
});

scenario("a second WebSocket for a session that has upgraded", {}, async server => {
  const main = server.client();
  await within(new Promise(resolve => main.io.on("open", () => main.io.engine.once("upgrade", resolve))), "upgrade");
  const socket = new WebSocket(server.url.replace("http", "ws") + `/socket.io/?EIO=4&transport=websocket&sid=${main.io.engine.id}`);
  const code = await within(new Promise(resolve => { socket.once("close", resolve); socket.on("error", () => {}); }), "close");
  assert.equal(await main.emitWithAck("answer", "still here"), "still here");

  return code;
});

for (const encoding of ["gzip", "identity"]) {
  scenario(`compression of answers: ${encoding}`, { pingInterval: 60_000 }, async server => {
    const session = await open(server);
    await session.post("40");
    await session.get();
    await session.post(`42["echo","${"x".repeat(5000)}"]`);
    const { status, headers } = await session.get({ "Accept-Encoding": encoding });

    return [status, headers["content-encoding"] ?? null, headers["content-type"]];
  });
}

for (const file of ["socket.io.js", "socket.io.js.map", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"]) {
  scenario(`the client's script ${file}`, {}, async server => {
    const script = await request(server, `/socket.io/${file}`);
    assert.equal(script.status, 200);
    assert.ok(script.body.length > 10_000);
    const unchanged = await request(server, `/socket.io/${file}`, { headers: { "If-None-Match": script.headers.etag } });
    assert.deepEqual([unchanged.status, unchanged.body], [304, ""]);

    // Node compresses by what the client accepts, too, but does not tell caches so.
    delete script.headers.vary;
    return { headers: script.headers, sha256: createHash("sha256").update(script.body).digest("hex") };
  });
}

scenario("a script that there is not", {}, async server => {
  const { status } = await request(server, "/socket.io/socket.io.nothing.js");
  assert.ok(status === 400 || status === 404);
});

scenario("no scripts, if so set", { serveClient: false }, async server => {
  const { status } = await request(server, "/socket.io/socket.io.js");
  assert.ok(status === 400 || status === 404);
});

const odd = {
  "EIO twice": "/socket.io/?EIO=4&EIO=3&transport=polling",
  "transport twice": "/socket.io/?EIO=4&transport=polling&transport=websocket",
  "sid twice": `${path}&sid=a&sid=b`,
  "an empty sid": `${path}&sid=`,
  "EIO=04": "/socket.io/?EIO=04&transport=polling",
  "EIO=5": "/socket.io/?EIO=5&transport=polling",
  "an empty EIO": "/socket.io/?EIO=&transport=polling",
  "eio in small letters": "/socket.io/?eio=4&transport=polling",
  "POLLING in capitals": "/socket.io/?EIO=4&transport=POLLING",
};
for (const [what, url] of Object.entries(odd)) {
  scenario(`odd query: ${what}`, {}, async server => {
    const { status, body } = await request(server, url);

    return [status, body.replace(/"sid":"[^"]*"/, '"sid":"<sid>"')];
  });
}

const types = {
  "no type": {},
  "JSON": { "Content-Type": "application/json" },
  "another charset": { "Content-Type": "text/plain; charset=iso-8859-1" },
  "octets in capitals": { "Content-Type": "Application/Octet-Stream" },
  "octets with a parameter": { "Content-Type": "application/octet-stream; x=y" },
  "a form": { "Content-Type": "application/x-www-form-urlencoded" },
  "in chunks": { "Content-Type": "text/plain", "Transfer-Encoding": "chunked" },
};
for (const [what, headers] of Object.entries(types)) {
  scenario(`the type of a POST: ${what}`, {}, async server => {
    const session = await open(server);
    const posted = await request(server, `${path}&sid=${session.sid}`, { method: "POST", headers, body: "40" });
    const { status, body } = await session.get();

    return [posted.status, posted.body, status, body.slice(0, 3)];
  });
}
