import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cut, members, messages } from "../runner/hub.mjs";
import { hubs, revocable } from "../runner/hubs.mjs";
import { Inbox, until, within } from "../runner/within.mjs";

// Three for all scenarios but those in which one dies, each with a channel of its own.
const gardens = [];
const ends = [];
before(async () => gardens.push(...(await hubs({ after: end => ends.push(end) }, 3))));
after(async () => {
  for (const end of ends.reverse()) await end();
});

const data = page => page.items.map(message => message.data);

test("over hubs a channel has one order, and history, rewind and edits are at each of them", async () => {
  const [yui, ren, aoi] = await Promise.all(gardens.map((garden, i) => garden.client({ useBinaryProtocol: i !== 1 })));
  const heard = await messages(aoi.channels.get("tea"));
  const sent = await ren.channels.get("tea").publish("cup", { size: 1 });
  const message = await heard.take();

  assert.deepEqual([message.data, message.connectionId, message.serial], [{ size: 1 }, ren.connection.id, sent.serials[0]]);
  await yui.channels.get("tea").updateMessage({ serial: message.serial, data: "two" });
  assert.deepEqual([(await heard.take()).data, message.serial], ["two", message.serial]);
  await ren.channels.get("tea").publish("cup", "three");
  await heard.take();
  for (const garden of gardens) {
    const channel = garden.rest().channels.get("tea");
    assert.deepEqual(data(await channel.history()), ["three", "two"]);
    assert.equal((await channel.getMessageVersions(message.serial)).items.length, 2);
  }
  const rewound = await messages((await gardens[0].client()).channels.get("tea", { params: { rewind: "2" } }));
  assert.deepEqual([(await rewound.take()).data, (await rewound.take()).data], ["two", "three"]);
  const late = (await gardens[1].client()).channels.get("tea");
  await within(late.attach(), "the attachment");
  await yui.channels.get("tea").publish("cup", "four");
  assert.deepEqual(data(await late.history({ untilAttach: true })), ["three", "two"]);
});

test("over hubs appends at once are all there in the end", async () => {
  const clients = await Promise.all(gardens.map(garden => garden.client()));
  const { serials: [serial] } = await clients[0].channels.get("milk").publish("cup", "-");
  const parts = clients.flatMap((client, i) => Array.from({ length: 6 }, (_, j) => [client, `${i}${j}.`]));

  await Promise.all(parts.map(([client, part]) => client.channels.get("milk").appendMessage({ serial, data: part })));

  for (const garden of gardens) {
    const channel = garden.rest().channels.get("milk");
    const whole = await until(async () => {
      const { data } = await channel.getMessage(serial);
      return data.length === 1 + parts.length * 3 && data;
    }, "all that was appended");
    assert.deepEqual(whole.slice(1).split(".").sort(), ["", ...parts.map(([, part]) => part.slice(0, -1))].sort());
    assert.deepEqual(data(await channel.history()), [whole]);
  }
  // Who comes later is told the whole too.
  const late = await messages((await gardens[1].client()).channels.get("milk", { params: { rewind: "1" } }));
  assert.equal((await late.take()).data, (await gardens[2].rest().channels.get("milk").getMessage(serial)).data);
});

test("over hubs annotations are summed up as of all", async () => {
  const [yui, ren] = [await gardens[0].client({ clientId: "yui" }), await gardens[1].client({ clientId: "ren" })];
  const heard = await messages(ren.channels.get("cocoa"));
  await yui.channels.get("cocoa").publish("cup", "1");
  const { serial } = await heard.take();
  for (const client of [yui, ren]) await client.channels.get("cocoa").annotations.publish(serial, { type: "like:distinct.v1", name: "up" });

  await heard.take();
  assert.deepEqual((await heard.take()).annotations.summary["like:distinct.v1"].up.clientIds, ["ren", "yui"]);
  for (const garden of gardens) assert.equal((await garden.rest().channels.get("cocoa").annotations.get(serial)).items.length, 2);
});

test("over hubs members of all are synced, counted, and remembered", async () => {
  const [yui, ren, aoi] = await Promise.all(gardens.map((garden, i) => garden.client({ clientId: ["yui", "ren", "aoi"][i] })));
  const counted = new Inbox();
  await within(aoi.channels.get("[meta]occupancy:juice").subscribe(({ data }) => counted.put(data.metrics)), "the occupancy");
  await yui.channels.get("juice").presence.enter("awake");
  await ren.channels.get("juice").presence.enter({ mood: "green" });
  const heard = await members(aoi.channels.get("juice"));

  const there = await aoi.channels.get("juice").presence.get();
  assert.deepEqual(there.map(member => [member.clientId, member.data]).sort(), [["ren", { mood: "green" }], ["yui", "awake"]]);
  for (let i = 0; i < 2; i++) await heard.take("a member that is there");
  await yui.channels.get("juice").presence.leave("bye");
  const left = await heard.take("the leave");
  assert.deepEqual([left.action, left.clientId, left.data], ["leave", "yui", "bye"]);
  for (const garden of gardens) {
    const channel = garden.rest().channels.get("juice");
    assert.deepEqual((await channel.presence.get()).items.map(member => member.clientId), ["ren"]);
    const { metrics } = (await channel.status()).status.occupancy;
    assert.deepEqual([metrics.connections, metrics.presenceMembers], [3, 1]);
    assert.deepEqual((await garden.rest().request("get", "/channels", 3, { prefix: "juice" })).items.map(one => one.channelId), ["juice"]);
    const past = (await channel.presence.history()).items;
    assert.deepEqual(past.map(member => [member.action, member.clientId]), [["leave", "yui"], ["enter", "ren"], ["enter", "yui"]]);
  }
  while ((await counted.take("three connections and a member")).connections !== 3);
});

test("over hubs a client goes on at another, with all that it has missed, and as who it was", async () => {
  const [yui, ren] = [await gardens[0].client({ clientId: "yui" }), await gardens[1].client()];
  await yui.channels.get("water").presence.enter("here");
  const { id } = yui.connection;
  const recover = yui.connection.createRecoveryKey();
  const heard = await members(ren.channels.get("water"));
  await heard.take("who is there");
  yui.connection.connectionManager.connectImpl = () => {};
  cut(yui);
  for (const text of ["1", "2"]) await ren.channels.get("water").publish("cup", text);

  const again = await gardens[1].client({ clientId: "yui", recover });

  assert.equal(again.connection.id, id);
  const missed = await messages(again.channels.get("water"));
  assert.deepEqual([(await missed.take()).data, (await missed.take()).data], ["1", "2"]);
  await again.channels.get("water").presence.update("still");
  const next = await heard.take("what is next");
  assert.deepEqual([next.action, next.clientId, next.data], ["update", "yui", "still"]);
});

test("over hubs a connection that has come to another one ends where it was", async () => {
  const yui = await gardens[0].client({ clientId: "yui" });
  const ended = within(new Promise(resolve => yui.connection.once("failed", ({ reason }) => resolve(reason))), "its end");

  const again = await gardens[1].client({ clientId: "yui", recover: yui.connection.createRecoveryKey() });

  assert.equal((await ended).code, 40300);
  assert.equal(again.connection.state, "connected");
});

test("over hubs members whose hub has died leave, and those that have gone on stay", async t => {
  const mortal = await hubs(t, 2);
  const [lost, saved] = [await mortal[0].client({ clientId: "lost" }), await mortal[0].client({ clientId: "saved" })];
  for (const client of [lost, saved]) await client.channels.get("soup").presence.enter();
  const ren = await mortal[1].client();
  const heard = await members(ren.channels.get("soup"));
  for (let i = 0; i < 2; i++) await heard.take("who is there");
  const recover = saved.connection.createRecoveryKey();
  await mortal[0].stop("SIGKILL");
  await (await mortal[1].client({ clientId: "saved", recover })).channels.get("soup").presence.enter();

  const left = await heard.take("the leave of who is lost");

  assert.deepEqual([left.action, left.clientId], ["leave", "lost"]);
  assert.deepEqual((await ren.channels.get("soup").presence.get()).map(member => member.clientId), ["saved"]);
});

test("over hubs a token is revoked, and a request for one counts, once for all", async () => {
  const { token } = await gardens[0].rest({ key: revocable }).auth.requestToken({ clientId: "yui" });
  const yui = await gardens[1].client({ token });
  const told = within(new Promise(resolve => yui.connection.once("failed", ({ reason }) => resolve(reason))), "the end of the token");

  await gardens[0].rest({ key: revocable }).auth.revokeTokens([{ type: "clientId", value: "yui" }]);

  assert.match((await told).message, /new token/);
  const ask = async (garden, path, options) => {
    const answer = await fetch(new URL(path, garden.url), options);
    return [answer.status, await answer.json()];
  };
  const [status, { error }] = await ask(gardens[1], `/channels/mocha/messages?access_token=${token}`);
  assert.deepEqual([status, error.code], [401, 40141]);

  const body = JSON.stringify(await gardens[0].rest().auth.createTokenRequest());
  const request = { method: "POST", headers: { "content-type": "application/json" }, body };
  assert.equal((await ask(gardens[0], "/keys/garden.key1/requestToken", request))[0], 201);
  const again = await ask(gardens[1], "/keys/garden.key1/requestToken", request);
  assert.deepEqual([again[0], again[1].error.code], [401, 40105]);
});
