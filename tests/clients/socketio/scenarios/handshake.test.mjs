import assert from "node:assert/strict";
import { scenario } from "../runner/scenario.mjs";

for (const transport of ["polling", "websocket"]) {
  scenario(`${transport}: query and headers are there for handlers`, {}, async server => {
    const socket = await server.connect("/", {
      transports: [transport],
      query: { name: "木霊 & co", empty: "", a: "1" },
      extraHeaders: { "X-Test": "a header" },
    });
    const { query, header, ...rest } = await socket.emitWithAck("handshake");

    // Of time or chance: t, sid.
    for (const own of ["t", "sid"]) delete query[own];
    assert.deepEqual(query, { name: "木霊 & co", empty: "", a: "1", EIO: "4", transport });
    assert.equal(header, "a header");
    assert.deepEqual(rest, { auth: {}, secure: false, xdomain: false, address: "127.0.0.1", url: "/socket.io/", transport });
  });

  scenario(`${transport}: refused by the application`, { refuses: true }, async server => {
    const socket = server.client("/", { transports: [transport], query: { refuse: "because" } });
    const [error] = await socket.inbox.take("connect_error");

    assert.equal(socket.active, true);
    return [error.message, error.type, error.context?.status ?? null, error.context?.responseText ?? null];
  });
}

scenario("a connection that cannot be", { ownProcess: true }, async server => {
  await server.program.kill();
  const [error] = await server.client().inbox.take("connect_error");

  assert.deepEqual([error.message, error.type], ["xhr poll error", "TransportError"]);
});
