import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { cut, hub, members } from "../runner/hub.mjs";
import { Inbox, within } from "../runner/within.mjs";

const { default: Spaces } = createRequire(import.meta.url)("@ably/spaces");

test("who is there is told, with data, and by REST", async t => {
  const garden = await hub(t);
  const [yui, ren] = [await garden.client({ clientId: "yui" }), await garden.client({ clientId: "ren" })];
  const heard = await members(ren.channels.get("tea"));
  const { presence } = yui.channels.get("tea");

  for (const [act, data] of [["enter", "awake"], ["update", { mood: "緑茶" }], ["leave", "bye"]]) {
    await presence[act](data);
    const member = await heard.take(act);
    assert.deepEqual([member.action, member.clientId, member.data], [act, "yui", data]);
  }
  await presence.enter("again");
  const listed = await garden.rest().channels.get("tea").presence.get();
  assert.deepEqual(listed.items.map(m => [m.clientId, m.data]), [["yui", "again"]]);
  const history = await garden.rest().channels.get("tea").presence.history();
  assert.deepEqual(history.items.map(m => m.action), ["enter", "leave", "update", "enter"]);
});

test("a program enters for many, and who is cut off stays there", async t => {
  const garden = await hub(t);
  const [backend, ren] = [await garden.client(), await garden.client()];
  const heard = await members(ren.channels.get("tea"));
  const { presence } = backend.channels.get("tea");
  await Promise.all(["a", "b", "c"].map(name => presence.enterClient(name, { name })));
  for (let i = 0; i < 3; i++) assert.equal((await heard.take()).action, "enter");

  cut(backend);
  await presence.leaveClient("b");

  const next = await heard.take("the next change");
  assert.deepEqual([next.action, next.clientId], ["leave", "b"]);
  assert.deepEqual((await ren.channels.get("tea").presence.get()).map(m => m.clientId).sort(), ["a", "c"]);
  backend.close();
  assert.deepEqual([(await heard.take()).action, (await heard.take()).action], ["leave", "leave"]);
});

test("spaces: members, locations, cursors and locks of two who work on one thing", async t => {
  const garden = await hub(t);
  const spaces = [];
  for (const clientId of ["yui", "ren"]) spaces.push(new Spaces(await garden.client({ clientId })));
  const [yui, ren] = await Promise.all(spaces.map(each => each.get("board", { offlineTimeout: 10 })));
  const heard = new Inbox();
  ren.members.subscribe("update", change => heard.put(change));
  await ren.enter({ name: "Ren" });
  await yui.enter({ name: "Yui" });
  const from = async (name, what) => {
    for (;;) {
      const change = await heard.take(what);
      if (change.clientId === name && change.lastEvent.name === what) return change;
    }
  };
  assert.equal((await from("yui", "enter")).profileData.name, "Yui");

  const located = new Inbox();
  ren.locations.subscribe("update", change => located.put(change));
  await yui.locations.set({ slide: 3 });
  assert.deepEqual((await located.take("the location")).currentLocation, { slide: 3 });

  const locks = new Inbox();
  ren.locks.subscribe("update", lock => locks.put(lock));
  await yui.locks.acquire("slide-3");
  assert.equal((await locks.take("the lock")).status, "locked");
  assert.equal(ren.locks.get("slide-3").member.clientId, "yui");

  const cursors = new Inbox();
  await within(ren.cursors.subscribe("update", cursor => cursors.put(cursor)), "the cursors");
  await yui.cursors.set({ position: { x: 1, y: 2 }, data: { colour: "red" } });
  // A cursor is said by who sees another one there: it is moved until it is.
  const moving = setInterval(() => yui.cursors.set({ position: { x: 1, y: 2 } }), 50);
  t.after(() => clearInterval(moving));
  assert.deepEqual((await cursors.take("the cursor")).position, { x: 1, y: 2 });
  clearInterval(moving);
  // The last one: nothing waits to be said any more, which nobody would wait for at the end.
  await yui.cursors.set({ position: { x: 9, y: 9 } });
  while ((await cursors.take("the last cursor")).position.x !== 9) continue;

  const gone = [yui, ren].map(space => new Promise(resolve => space.members.subscribe("remove", resolve)));
  await yui.leave();
  assert.deepEqual((await within(Promise.all(gone), "the end of who left")).map(member => member.clientId), ["yui", "yui"]);
  assert.deepEqual(await ren.members.getOthers(), []);
});
