import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, subscribed } from "../runner/hub.mjs";
import { Inbox, within } from "../runner/within.mjs";

const changes = channel => {
  const inbox = new Inbox();
  channel.bind("pusher:member_added", member => inbox.put(`+${member.id} ${JSON.stringify(member.info)}`));
  channel.bind("pusher:member_removed", member => inbox.put(`-${member.id}`));
  return inbox;
};

test("one user on three connections comes once and goes once", async t => {
  const garden = await hub(t);
  const witness = (await garden.client("yui")).subscribe("presence-tea");
  const seen = changes(witness);
  await subscribed(witness);
  assert.equal(witness.members.me.id, "yui");
  assert.equal(witness.members.count, 1);

  const kei = [await garden.client("kei"), await garden.client("kei"), await garden.client("kei")];
  for (const client of kei) {
    const channel = client.subscribe("presence-tea");
    const members = await subscribed(channel);
    assert.equal(members.count, 2);
    assert.deepEqual(members.get("yui"), { id: "yui", info: { name: "<yui>" } });
  }
  assert.equal(await seen.take("kei"), '+kei {"name":"<kei>"}');
  kei[0].unsubscribe("presence-tea");
  kei[1].disconnect();
  kei[2].disconnect();
  assert.equal(await seen.take("kei's end"), "-kei");
  const aoi = await garden.client("aoi");
  await subscribed(aoi.subscribe("presence-tea"));
  assert.equal(await seen.take("aoi"), '+aoi {"name":"<aoi>"}');
});

test("racing joins leave all with the same members", async t => {
  const garden = await hub(t);
  const clients = await Promise.all(Array.from({ length: 24 }, (_, i) => garden.client(`u${i % 8}`)));
  const channels = clients.map(client => client.subscribe("presence-tea"));
  await Promise.all(channels.map(subscribed));
  const last = await garden.client("last");
  const all = channels.map(channel => within(new Promise(resolve => channel.bind("pusher:member_added", member => {
    if (member.id === "last") resolve();
  })), "the last"));
  await subscribed(last.subscribe("presence-tea"));
  await Promise.all(all);

  for (const { members } of channels) {
    assert.equal(members.count, 9);
    assert.deepEqual(Object.keys(members.members).sort(), ["last", "u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"]);
  }
});

test("client events on presence tell who says them", async t => {
  const garden = await hub(t);
  const [one, two] = [await garden.client("yui"), await garden.client("kei")];
  const channels = [one.subscribe("presence-tea"), two.subscribe("presence-tea")];
  await Promise.all(channels.map(subscribed));
  const heard = within(new Promise(resolve => channels[1].bind("client-hello", (data, metadata) => resolve([data, metadata]))), "hello");

  channels[0].trigger("client-hello", { a: 1 });

  assert.deepEqual(await heard, [{ a: 1 }, { user_id: "yui" }]);
});
