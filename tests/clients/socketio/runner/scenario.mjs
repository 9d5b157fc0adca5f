import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ProgramProcess } from "./program-process.mjs";
import * as programs from "./programs.mjs";
import { ServeProcess } from "./serve-process.mjs";
import { Server } from "./server.mjs";

// Which servers: both, or for work on the scenarios themselves SERVERS=node or SERVERS=kodama.
const chosen = (process.env.SERVERS ?? "node,kodama").split(",");
const shared = new Map();
let started = 0;

after(() => Promise.all([...shared.values()].map(program => program.kill())));

// One script against node's server and against Kodama, each with the same options and handlers. What it gives back must be the same
// of both.
export function scenario(name, options, script) {
  const outcome = {};
  register("node", name, options, async server => {
    outcome.node = await script(server);
  });
  register("kodama", name, options, async server => {
    const kodama = await script(server);
    if ("node" in outcome) assert.deepEqual(kodama, outcome.node);
  });
}

// What node's server does otherwise, or not at all.
export function kodamaOnly(name, options, script) {
  register("kodama", name, options, script);
}

function register(kind, name, options, script) {
  if (!chosen.includes(kind)) return;
  test(`${kind}: ${name}`, async () => {
    const { ownProcess = false, ...rest } = options;
    const program = ownProcess ? launch(kind) : programFor(kind, rest);
    const id = String(++started);
    const { url, inbox } = await program.start(id, rest);
    const server = new Server(kind, url, inbox);
    server.program = program;
    server.startAgain = () => startAgain(server, id, rest);
    let stopped;
    server.stop = () => (stopped ??= server.program.stop(id));
    try {
      await script(server);
    } finally {
      await server.endClients();
      if (ownProcess) await server.program.kill();
      else await server.stop();
    }
  });
}

function programFor(kind, { handlers, echo }) {
  const serves = kind === "kodama" && handlers === "relay";
  const key = serves ? `serve ${echo}` : kind;
  if (!shared.has(key)) shared.set(key, serves ? new ServeProcess(...(echo ? ["--echo"] : [])) : launch(kind));
  return shared.get(key);
}

const launch = kind => new ProgramProcess(...programs[kind]());

// In another process, at the address that it had.
async function startAgain(server, id, options) {
  server.program = launch(server.kind);
  const { inbox } = await server.program.start(id, options, Number(new URL(server.url).port));
  server.inbox = inbox;
}
