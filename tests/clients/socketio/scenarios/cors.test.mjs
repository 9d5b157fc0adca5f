// What a browser is told of other origins: the same headers of both.
import assert from "node:assert/strict";
import { request } from "../runner/http.mjs";
import { open, path } from "../runner/polling.mjs";
import { kodamaOnly, scenario } from "../runner/scenario.mjs";

const allowed = "http://app.example";
const preflight = (origin, more = {}) => ({
  method: "OPTIONS",
  headers: { Origin: origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-one,content-type", ...more },
});

const settings = {
  "one origin": { origin: allowed },
  "a list": { origin: ["http://other.example", allowed] },
  "any": { origin: "*" },
  "any, by reflection": { origin: true },
  "with credentials": { origin: allowed, credentials: true },
  "methods, headers and age": {
    origin: [allowed],
    methods: ["GET", "POST"],
    allowedHeaders: ["x-one", "x-two"],
    exposedHeaders: ["x-three"],
    maxAge: 600,
  },
};

for (const [what, cors] of Object.entries(settings)) {
  scenario(`${what}: preflight`, { cors }, async server => {
    const answer = await request(server, path, preflight(allowed));
    assert.equal(answer.status, 204);

    return answer;
  });

  scenario(`${what}: GET, POST, and what is refused`, { cors }, async server => {
    const headers = { Origin: allowed };
    const session = await open(server, "", headers);
    assert.equal(session.answer.headers["access-control-allow-origin"], cors.origin === "*" ? "*" : allowed);
    const posted = await session.post("40");
    const refused = await request(server, `${path}&sid=unknown`, { headers });

    return [session.answer.headers, posted, refused];
  });
}

scenario("a client of an allowed origin connects by both transports", { cors: { origin: allowed } }, async server => {
  const socket = await server.connect("/", { extraHeaders: { Origin: allowed } });
  assert.equal(await socket.emitWithAck("answer", 1), 1);
  assert.equal((await socket.emitWithAck("handshake")).xdomain, true);

  const direct = await server.connect("/", { extraHeaders: { Origin: allowed }, transports: ["websocket"] });
  assert.equal(await direct.emitWithAck("answer", 1), 1);
});

kodamaOnly("another origin is refused, by both transports", { cors: { origin: [allowed] } }, async server => {
  const stranger = { extraHeaders: { Origin: "http://evil.example" } };
  for (const transport of ["polling", "websocket"]) {
    await server.client("/", { ...stranger, transports: [transport] }).inbox.take("connect_error");
  }

  const answer = await request(server, path, { headers: { Origin: "http://evil.example" } });
  assert.deepEqual([answer.status, answer.body], [403, '{"code":4,"message":"Forbidden"}']);
  assert.equal(answer.headers["access-control-allow-origin"], undefined);
});

kodamaOnly("without the option other origins are refused", {}, async server => {
  const answer = await request(server, path, { headers: { Origin: "http://evil.example" } });
  assert.deepEqual([answer.status, answer.body], [403, '{"code":4,"message":"Forbidden"}']);
});
