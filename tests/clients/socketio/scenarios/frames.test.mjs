// WebSocket frames by hand: what RFC 6455 forbids ends one connection, with the same code; what it allows is heard.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { within } from "../runner/deadline.mjs";
import { Inbox } from "../runner/inbox.mjs";
import { scenario } from "../runner/scenario.mjs";

// A session on WebSocket, whose bytes a scenario writes.
async function direct(server) {
  const socket = new WebSocket(server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", { perMessageDeflate: false });
  socket.inbox = new Inbox(`the WebSocket on ${server.kind}`);
  socket.on("message", data => socket.inbox.put("message", data.toString()));
  socket.on("pong", data => socket.inbox.put("pong", data.toString()));
  socket.on("close", code => socket.inbox.put("close", code));
  socket.on("error", () => {});
  server.ends(() => socket.terminate());
  await socket.inbox.take("message");
  socket.send("40");
  await socket.inbox.take("message");
  return socket;
}

// With a mask of zeros, so that the payload stands as it is.
function frame(first, payload, masked = true) {
  const mask = masked ? 0x80 : 0;
  const head = payload.length < 126
    ? [first, mask | payload.length]
    : [first, mask | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), payload]);
}

const text = Buffer.from('42["echo",1]');
const broken = {
  "text that is not UTF-8": frame(0x81, Buffer.of(0x34, 0xff, 0xfe)),
  "a frame without a mask": frame(0x81, text, false),
  "a reserved bit": frame(0xc1, text),
  "an unknown opcode": frame(0x83, text),
  "a ping in fragments": frame(0x09, Buffer.from("x")),
  "a ping that is too long": frame(0x89, Buffer.alloc(126)),
  "a continuation of nothing": frame(0x80, text),
  "a message in the middle of another": Buffer.concat([frame(0x01, text), frame(0x81, text)]),
  "a close with one byte": frame(0x88, Buffer.of(3)),
  "a close with a code that there is not": frame(0x88, Buffer.of(3, 0xec)),
};
for (const [what, bytes] of Object.entries(broken)) {
  scenario(`broken frame: ${what}`, {}, async server => {
    const socket = await direct(server);
    socket._socket.write(bytes);
    const code = await socket.inbox.take("close");
    const [, why] = await server.told("disconnect");

    return { code, why };
  });
}

scenario("a close of the client is answered with its code", {}, async server => {
  const socket = await direct(server);
  socket.close(4321, "enough");
  const code = await socket.inbox.take("close");
  const [, why] = await server.told("disconnect");

  return { code, why };
});

scenario("a message in fragments, with a ping in between, byte by byte", {}, async server => {
  const socket = await direct(server);
  const bytes = Buffer.concat([
    frame(0x01, text.subarray(0, 3)),
    frame(0x89, Buffer.from("木")),
    frame(0x00, Buffer.alloc(0)),
    frame(0x80, text.subarray(3)),
  ]);
  socket._socket.setNoDelay(true);
  for (const byte of bytes) await within(new Promise(resolve => socket._socket.write(Buffer.of(byte), resolve)), "a write");

  assert.equal(await socket.inbox.take("pong"), "木");
  assert.equal(await socket.inbox.take("message"), '42["echo",1]');
});

scenario("many packets in one write", {}, async server => {
  const socket = await direct(server);
  socket._socket.write(Buffer.concat(Array.from({ length: 100 }, (_, n) => frame(0x81, Buffer.from(`42["echo",${n}]`)))));

  for (let n = 0; n < 100; n++) assert.equal(await socket.inbox.take("message"), `42["echo",${n}]`);
});
