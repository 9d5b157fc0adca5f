import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import WebSocket from "ws";
import { cut, hub, messages } from "../runner/hub.mjs";
import { within } from "../runner/within.mjs";

for (const useBinaryProtocol of [false, true]) {
  test(`clients publish and subscribe, ${useBinaryProtocol ? "in MessagePack" : "in JSON"}`, async t => {
    const garden = await hub(t);
    const [yui, ren] = [await garden.client({ useBinaryProtocol, clientId: "yui" }), await garden.client({ clientId: "ren" })];
    const heard = await messages(ren.channels.get("news"));

    for (const data of ["緑茶 <b>", { a: [1, null, "é"] }, Buffer.from([0, 255, 7])]) {
      await yui.channels.get("news").publish("price", data);
      const message = await heard.take("the price");
      assert.deepEqual([message.name, message.data, message.clientId], ["price", data, "yui"]);
    }
    const { serials } = await yui.channels.get("news").publish({ name: "x", extras: { headers: { colour: "red" } }, id: "once:0" });
    const message = await heard.take("extras");
    assert.deepEqual([message.serial, message.id, message.extras.headers], [serials[0], "once:0", { colour: "red" }]);
  });
}

test("a device with a plain WebSocket is in the same room", async t => {
  const garden = await hub(t);
  const device = new WebSocket(`ws://127.0.0.1:${garden.port}/ws/news`);
  t.after(() => device.terminate());
  await within(once(device, "open"), "the device");
  const channel = (await garden.client()).channels.get("news");
  const heard = await messages(channel);

  device.send("22.5");
  const reading = await heard.take("the reading");
  assert.deepEqual([reading.name, reading.data], ["message", "22.5"]);
  const [[said]] = await Promise.all([within(once(device, "message"), "the answer"), channel.publish("message", "thanks")]);
  assert.equal(said.toString(), "thanks");
});

test("who was cut off hears all that it has missed, once and in order", async t => {
  const garden = await hub(t);
  const client = await garden.client();
  const other = garden.rest().channels.get("news");
  const heard = await messages(client.channels.get("news"));
  const states = [];
  client.channels.get("news").on(change => states.push([change.current, change.resumed]));
  const { id } = client.connection;

  for (let i = 0; i < 20; i++) {
    if (i % 5 === 2) cut(client);
    await other.publish("count", `${i}`);
  }
  for (let i = 0; i < 20; i++) assert.equal((await heard.take(`message ${i}`)).data, `${i}`);
  assert.equal(client.connection.id, id);
  assert.ok(states.every(([current, resumed]) => current !== "attached" || resumed), JSON.stringify(states));
});

test("rewind and history tell what was before", async t => {
  const garden = await hub(t);
  const rest = garden.rest().channels.get("news");
  for (let i = 0; i < 5; i++) await rest.publish("count", `${i}`);
  const client = await garden.client();

  const heard = await messages(client.channels.get("news", { params: { rewind: "2" } }));
  assert.deepEqual([(await heard.take()).data, (await heard.take()).data], ["3", "4"]);
  await rest.publish("count", "5");
  assert.equal((await heard.take()).data, "5");
  const page = await client.channels.get("news").history({ untilAttach: true, limit: 2 });
  assert.deepEqual(page.items.map(m => m.data), ["2", "1"]);
  assert.deepEqual((await page.next()).items.map(m => m.data), ["0"]);
});

test("what was acknowledged outlives a hub that was killed, and is found again by history", async t => {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync("kodama-ably-");
  const garden = await hub(t, "--data", folder);
  t.after(() => rmSync(folder, { recursive: true }));
  const client = await garden.client();
  const channel = client.channels.get("news");
  await channel.publish("kept", { yen: 120 });
  const [{ serial }] = (await channel.history()).items;
  await channel.updateMessage({ serial, data: { yen: 130 } });

  await garden.stop("SIGKILL");
  await garden.start();

  const [message] = (await garden.rest().channels.get("news").history()).items;
  assert.deepEqual([message.serial, message.data, message.action], [serial, { yen: 130 }, "message.update"]);
});

test("encrypted channels are read by who has the key, and by nobody else", async t => {
  const garden = await hub(t);
  const [one, two, three] = [await garden.client(), await garden.client(), await garden.client()];
  const cipher = { key: Buffer.alloc(32, 7).toString("base64") };
  const heard = await messages(two.channels.get("safe", { cipher }));
  const overheard = await messages(three.channels.get("safe"));

  await one.channels.get("safe", { cipher }).publish("a", { secret: "緑茶" });

  assert.deepEqual((await heard.take()).data, { secret: "緑茶" });
  assert.ok(!JSON.stringify((await overheard.take()).data).includes("secret"));
});

test("messages are edited and annotated", async t => {
  const garden = await hub(t);
  const [yui, ren] = [await garden.client({ clientId: "yui" }), await garden.client({ clientId: "ren" })];
  const modes = ["publish", "subscribe", "annotation_publish", "annotation_subscribe"];
  const [one, two] = [yui, ren].map(client => client.channels.get("talk", { modes }));
  const heard = await messages(two);
  const { serials: [serial] } = await one.publish("said", "helo");
  await heard.take();

  await one.updateMessage({ serial, data: "hello" }, { description: "typo" });
  const update = await heard.take("the update");
  assert.deepEqual([update.action, update.data, update.serial], ["message.update", "hello", serial]);
  await one.annotations.publish(serial, { type: "reaction:distinct.v1", name: "👍" });
  const summary = await heard.take("the summary");
  assert.deepEqual(summary.annotations.summary["reaction:distinct.v1"]["👍"].clientIds, ["yui"]);
  await one.deleteMessage({ serial });
  assert.equal((await heard.take("the end")).action, "message.delete");
  assert.deepEqual((await one.getMessageVersions(serial)).items.map(m => m.action),
    ["message.create", "message.update", "message.delete"]);
});
