import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, receiver, subscribed } from "../runner/hub.mjs";

test("webhooks are such as the backend's SDK takes, in order, and again where they fail", async t => {
  let failures = 2;
  const { url, inbox } = await receiver(t, () => (failures-- > 0 ? 503 : 200));
  const garden = await hub(t, "--pusher-webhook", url);
  const take = async () => {
    const request = await inbox.take("a webhook");
    const webhook = garden.backend.webhook(request);
    assert.ok(webhook.isValid(), request.rawBody);
    assert.ok(Math.abs(webhook.getTime() - Date.now()) < 60_000);
    return webhook.getEvents();
  };

  const client = await garden.client("yui");
  const channel = client.subscribe("presence-tea");
  await subscribed(channel);

  // The first comes three times: as it is not taken, and then as it is.
  const first = await take();
  assert.deepEqual(await take(), first);
  assert.deepEqual(await take(), first);
  const told = [...first, ...(await take()), ...(await take())];
  const names = told.map(event => event.name).sort();
  assert.deepEqual(names, ["channel_occupied", "member_added", "subscription_count"]);
  assert.equal(told.find(event => event.name === "member_added").user_id, "yui");
  channel.trigger("client-hello", { a: 1 });
  assert.deepEqual(await take(), [{
    name: "client_event", channel: "presence-tea", event: "client-hello", data: '{"a":1}', socket_id: client.connection.socket_id,
    user_id: "yui",
  }]);
  client.disconnect();
  const ends = [...(await take()), ...(await take())].map(event => event.name).sort();
  assert.deepEqual(ends, ["channel_vacated", "member_removed"]);
});
