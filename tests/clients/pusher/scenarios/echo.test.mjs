import assert from "node:assert/strict";
import { test } from "node:test";
import Echo from "laravel-echo";
import Client from "pusher-js";
import { hub } from "../runner/hub.mjs";
import { Inbox, within } from "../runner/within.mjs";

test("Laravel Echo, unchanged: channels, private ones with whispers, presence", async t => {
  const garden = await hub(t);
  const echo = user => {
    const made = new Echo({ broadcaster: "pusher", Pusher: Client, key: "garden-key", withoutInterceptors: true, ...garden.options(user) });
    t.after(() => made.disconnect());
    return made;
  };
  const [yui, kei] = [echo("yui"), echo("kei")];
  const heard = new Inbox();
  const joined = channel => within(new Promise((resolve, reject) => channel.subscribed(resolve).error(reject)), "the channel");

  const orders = yui.channel("orders").listen("OrderShipped", data => heard.put(data));
  await joined(orders);
  await garden.backend.trigger("orders", "App\\Events\\OrderShipped", { id: 5 });
  assert.deepEqual(await heard.take("the order"), { id: 5 });
  await garden.backend.trigger("orders", "App\\Events\\OrderShipped", { id: 6 }, { socket_id: yui.socketId() });
  await garden.backend.trigger("orders", "App\\Events\\OrderShipped", { id: 7 });
  assert.deepEqual(await heard.take("the next order"), { id: 7 });

  const [mine, other] = [yui.private("chat"), kei.private("chat")];
  other.listenForWhisper("typing", data => heard.put(data));
  await Promise.all([joined(mine), joined(other)]);
  mine.whisper("typing", { name: "Yui" });
  assert.deepEqual(await heard.take("the whisper"), { name: "Yui" });

  const here = within(new Promise(resolve => yui.join("tea").here(resolve)), "those who are here");
  assert.deepEqual(await here, [{ name: "<yui>" }]);
  const came = within(new Promise(resolve => yui.join("tea").joining(resolve)), "who comes");
  const left = within(new Promise(resolve => yui.join("tea").leaving(resolve)), "who goes");
  await joined(kei.join("tea"));
  assert.deepEqual(await came, { name: "<kei>" });
  kei.leave("tea");
  assert.deepEqual(await left, { name: "<kei>" });
});
