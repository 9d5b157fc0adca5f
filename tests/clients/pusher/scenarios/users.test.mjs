import assert from "node:assert/strict";
import { test } from "node:test";
import { hub } from "../runner/hub.mjs";
import { Inbox, within } from "../runner/within.mjs";

const signedIn = client => {
  const done = within(new Promise(resolve => client.bind("pusher:signin_success", resolve)), "the sign-in");
  client.signin();
  return done;
};

test("the backend speaks to a user, and ends its connections", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui");
  const heard = new Inbox();
  client.user.bind("greeting", data => heard.put(data));
  await signedIn(client);
  assert.equal(client.user.user_data.id, "yui");

  await garden.backend.sendToUser("yui", "greeting", { hello: "é" });
  assert.deepEqual(await heard.take("the greeting"), { hello: "é" });
  const ended = within(new Promise(resolve => client.connection.bind("disconnected", resolve)), "the end");
  await garden.backend.terminateUserConnections("yui");
  await ended;
});

test("a watchlist tells who comes and goes", async t => {
  const garden = await hub(t);
  const client = await garden.client("yui", { watchlist: ["kei"] });
  const seen = new Inbox();
  client.user.watchlist.bind("online", ({ user_ids: ids }) => seen.put(["online", ...ids]));
  client.user.watchlist.bind("offline", ({ user_ids: ids }) => seen.put(["offline", ...ids]));
  await signedIn(client);
  assert.deepEqual(await seen.take("the list"), ["offline", "kei"]);

  const kei = await garden.client("kei");
  await signedIn(kei);
  assert.deepEqual(await seen.take("kei"), ["online", "kei"]);
  kei.disconnect();
  assert.deepEqual(await seen.take("kei's end"), ["offline", "kei"]);
});
