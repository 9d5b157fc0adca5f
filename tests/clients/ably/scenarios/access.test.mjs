import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, messages } from "../runner/hub.mjs";
import { within } from "../runner/within.mjs";

test("a token lets into the channels that it names, as who it names", async t => {
  const garden = await hub(t);
  const backend = garden.rest();
  const authCallback = async (_, answer) => answer(null, await backend.auth.createTokenRequest({
    clientId: "yui", capability: { "talk:*": ["subscribe", "publish"], news: ["subscribe"] },
  }));
  const client = await garden.client({ authCallback });
  const heard = await messages(client.channels.get("talk:1"));

  assert.equal(client.auth.clientId, "yui");
  await client.channels.get("talk:1").publish("a", "1");
  assert.equal((await heard.take()).clientId, "yui");
  await messages(client.channels.get("news"));
  await assert.rejects(client.channels.get("news").publish("a", "1"), { code: 40160 });
  await assert.rejects(client.channels.get("private").attach(), { code: 40160 });
  await assert.rejects(client.channels.get("talk:1").publish({ name: "a", clientId: "ren" }), { code: 40012 });
});

test("a token is renewed in place, with other rights", async t => {
  const garden = await hub(t);
  const backend = garden.rest();
  const rights = [{ a: ["*"], b: ["*"] }, { b: ["*"] }];
  const client = await garden.client({
    authCallback: async (_, answer) => answer(null, await backend.auth.requestToken({ capability: rights.shift() })),
  });
  await messages(client.channels.get("a"));
  const heard = await messages(client.channels.get("b"));
  const { id } = client.connection;
  const failed = within(client.channels.get("a").whenState("failed"), "the end of a");

  await client.auth.authorize();

  assert.equal((await failed).reason.code, 40160);
  await client.channels.get("b").publish("x", "1");
  assert.equal((await heard.take()).data, "1");
  assert.equal(client.connection.id, id);
});

test("who is nobody stays outside", async t => {
  const garden = await hub(t);
  const { default: Ably } = await import("ably");
  const client = new Ably.Realtime(garden.options({ key: "garden.key1:cedar-cedar" }));
  t.after(() => client.close());

  const { reason } = await within(client.connection.whenState("failed"), "the refusal");

  assert.equal(reason.code, 40101);
  await assert.rejects(garden.rest({ key: "garden.key1:cedar-cedar" }).channels.get("a").publish("a", "1"), { code: 40101 });
});
