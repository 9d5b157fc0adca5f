import assert from "node:assert/strict";
import { test } from "node:test";
import Client from "pusher-js";
import WebSocket from "ws";
import { events, hub, subscribed } from "../runner/hub.mjs";
import { within } from "../runner/within.mjs";

test("the backend publishes to pusher-js, unchanged", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui");
  const channel = client.subscribe("news");
  const heard = events(channel);
  await subscribed(channel);

  const answer = await garden.backend.trigger(["news", "other"], "price", { yen: 120, "é": "<\"\\\u2028😀>" });
  assert.equal(await answer.text(), "{}");
  assert.deepEqual(await heard.take("price"), { name: "price", data: { yen: 120, "é": "<\"\\\u2028😀>" } });
  await garden.backend.trigger("news", "text", "two words");
  assert.equal((await heard.take("text")).data, "two words");
  await garden.backend.triggerBatch([
    { channel: "news", name: "one", data: [1, 2] },
    { channel: "news", name: "two", data: { a: null } },
  ]);
  assert.deepEqual((await heard.take("one")).data, [1, 2]);
  assert.deepEqual((await heard.take("two")).data, { a: null });
  // Echo's toOthers.
  await garden.backend.trigger("news", "others", {}, { socket_id: client.connection.socket_id });
  await garden.backend.trigger("news", "all", {});
  assert.equal((await heard.take("all")).name, "all");
});

test("the backend asks what there is", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui");
  await subscribed(client.subscribe("news"));
  await subscribed(client.subscribe("presence-tea"));

  const get = async (path, params) => (await garden.backend.get({ path, params })).json();

  assert.deepEqual(Object.keys((await get("/channels")).channels).sort(), ["news", "presence-tea"]);
  assert.deepEqual(await get("/channels", { filter_by_prefix: "presence-", info: "user_count" }), {
    channels: { "presence-tea": { user_count: 1 } },
  });
  assert.deepEqual(await get("/channels/presence-tea", { info: "user_count,subscription_count" }), {
    occupied: true, user_count: 1, subscription_count: 1,
  });
  assert.deepEqual(await get("/channels/presence-tea/users"), { users: [{ id: "yui" }] });
  await assert.rejects(get("/channels/news/users"), error => error.status === 400);
  const answer = await garden.backend.trigger("presence-tea", "e", {}, { info: "user_count" });
  assert.deepEqual(await answer.json(), { channels: { "presence-tea": { user_count: 1 } } });
});

test("private channels carry client events, and close to who is not authorized", async t => {
  const garden = await hub(t);
  const [one, two] = [await garden.client("yui"), await garden.client("kei")];
  const channels = [one.subscribe("private-x"), two.subscribe("private-x")];
  const heard = events(channels[1]);
  await Promise.all(channels.map(subscribed));

  channels[0].trigger("client-move", { x: 1 });
  assert.deepEqual(await heard.take("move"), { name: "client-move", data: { x: 1 } });

  const forger = new Client("garden-key", {
    ...garden.options("x"),
    channelAuthorization: { customHandler: (_, answer) => answer(null, { auth: `garden-key:${"0".repeat(64)}` }) },
  });
  t.after(() => forger.disconnect());
  await assert.rejects(subscribed(forger.subscribe("private-x")), /AuthError.*401/);
});

test("encrypted channels are read by their clients alone", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui");
  const channel = client.subscribe("private-encrypted-x");
  const heard = events(channel);
  await subscribed(channel);

  await garden.backend.trigger("private-encrypted-x", "secret", { a: "é" });

  assert.deepEqual(await heard.take("secret"), { name: "secret", data: { a: "é" } });
});

test("cache channels bring the last event, or tell that there is none", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui");
  const empty = client.subscribe("cache-x");
  const missed = events(empty);
  assert.equal((await missed.take("a miss")).name, "pusher:cache_miss");
  await garden.backend.trigger("cache-x", "price", { yen: 120 });
  assert.equal((await missed.take("the event")).name, "price");

  const late = await garden.client("kei");
  const heard = events(late.subscribe("cache-x"));
  assert.deepEqual(await heard.take("the event"), { name: "price", data: { yen: 120 } });
  const { cache } = await (await garden.backend.get({ path: "/channels/cache-x", params: { info: "cache" } })).json();
  assert.equal(cache.data, '{"yen":120}');
  assert.ok(cache.ttl > 1700 && cache.ttl <= 1800);
});

test("subscription counts come", async t => {
  const garden = await hub(t);
  const counts = [];
  const client = await garden.client("yui");
  const channel = client.subscribe("news");
  const two = new Promise(resolve => {
    channel.bind("pusher:subscription_count", ({ subscription_count: n }) => {
      counts.push(n);
      if (n === 2) resolve();
    });
  });
  await subscribed(channel);
  const other = await garden.client("kei");
  await subscribed(other.subscribe("news"));

  await within(two, "the count of two");
  assert.deepEqual(counts.at(-1), 2);
});

test("a raw client's text is event message, and the other way round", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui");
  const channel = client.subscribe("news");
  const heard = events(channel);
  await subscribed(channel);
  const raw = new WebSocket(`ws://${garden.host}:${garden.port}/ws/news`);
  t.after(() => raw.close());
  await within(new Promise(resolve => (raw.onopen = resolve)), "the raw client");
  const said = new Promise(resolve => (raw.onmessage = ({ data }) => resolve(data)));

  raw.send("hello");
  assert.deepEqual(await heard.take("hello"), { name: "message", data: "hello" });
  await garden.backend.trigger("news", "move", { x: 1 });

  assert.equal(await within(said, "the event"), '{"event":"move","args":[{"x":1}]}');
});

test("a key that no app has stops pusher-js", async t => {
  const garden = await hub(t);
  const client = new Client("nobody", garden.options("x"));
  t.after(() => client.disconnect());

  const error = await within(new Promise(resolve => client.connection.bind("error", resolve)), "the error");

  assert.equal(error.data?.code ?? error.error?.data?.code, 4001);
  await within(new Promise(resolve => {
    if (client.connection.state === "disconnected") resolve();
    else client.connection.bind("disconnected", resolve);
  }), "the end");
});
