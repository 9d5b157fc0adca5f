import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { hub, key } from "./hub.mjs";
import { until, within } from "./within.mjs";

// Of this one tokens can be revoked.
export const revocable = "garden.key2:birch-birch";

// What goes on at channels whose names begin with [ is for who has been given it.
const capability = '{"*":["*"],"[*]*":["*"]}';

// Hubs that share their rooms through a Redis of the scenario's own.
export async function hubs(test, count) {
  const redis = await startRedis(test);
  const options = {
    Kodama__Ably__Keys__0__Key: key,
    Kodama__Ably__Keys__0__Capability: capability,
    Kodama__Ably__Keys__1__Key: revocable,
    Kodama__Ably__Keys__1__RevocableTokens: "true",
  };
  const all = await Promise.all(Array.from({ length: count }, () => hub(test, "--redis", redis, options)));
  for (const one of all) await until(async () => (await known(one)) === count, "the hubs to know each other");
  return all;
}

async function known(one) {
  const answer = await (await fetch(new URL("/api/hub", one.url))).json();
  return answer.cluster.hubs.filter(each => each.addresses.length > 0).length;
}

async function startRedis(test) {
  const port = await freePort();
  const redis = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
  test.after(() => redis.kill());
  let said = "";
  redis.stdout.on("data", data => (said += data));
  redis.on("error", error => (said += error));
  await until(() => said.includes("Ready to accept connections"), () => `Redis, which says ${said}`);
  return `127.0.0.1:${port}`;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await within(once(server, "listening"), "a free port");
  const { port } = server.address();
  server.close();
  return port;
}
