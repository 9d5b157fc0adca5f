import { afterAll, beforeAll, expect, test } from "vitest";
import type { Room } from "../../src/api/room";
import { HubProcess } from "../support/hub-process";
import { join, until } from "../support/node-client";
import { outcome } from "../support/outcome";
import { Proxy } from "../support/proxy";

let hub: HubProcess;
let count = 0;

beforeAll(async () => {
  hub = await HubProcess.start();
});
afterAll(() => hub.kill());

/** Two people in a room of this test's own. */
async function meet(options = {}) {
  const name = `room ${++count}`;
  const [yui, ren] = [join(hub.port, { details: { name: "Yui" } }), join(hub.port, { details: { name: "Ren" } })];
  const rooms: [Room, Room] = [yui.room(name, options), ren.room(name, options)];
  await Promise.all(rooms.map(room => room.joined));
  return { yui, ren, yuis: rooms[0], rens: rooms[1] };
}

test("What one says the others hear in every form, with who said it", async () => {
  const { yui, yuis, rens } = await meet();
  const reader = rens.messages();
  const acknowledged = [
    await yuis.publish("hello 木霊"),
    await yuis.publish({ event: "move", args: [1, { x: 2 }] }),
    await yuis.publish(Uint8Array.of(1, 2, 3).buffer),
  ];
  await yuis.publish({ event: "cursor", text: "here", transient: true });

  const heard = [];
  for await (const message of reader) if (heard.push(message) === 4) break;
  expect(heard).toMatchObject([
    { event: "message", text: "hello 木霊", name: "Yui", from: yui.session, own: false },
    { event: "move", args: [1, { x: 2 }] },
    { event: "message", bytes: Uint8Array.of(1, 2, 3) },
    { event: "cursor", text: "here", transient: true, position: undefined },
  ]);
  expect(heard.slice(0, 3)).toMatchObject(acknowledged.map(({ position }) => ({ position })));
});

test("A newcomer begins with the last messages, and pages through those before", async () => {
  const { yui, yuis } = await meet();
  for (let i = 1; i <= 5; i++) await yuis.publish(`${i}`);
  const newcomer = join(hub.port).room(yuis.name, { last: 2 });
  const heard: (string | undefined)[] = [];
  newcomer.on("message", message => heard.push(message.text));
  await until(() => heard.length === 2);
  const page = await newcomer.history({ limit: 2 });
  const before = await newcomer.history({ before: page.position, limit: 2 });

  expect(heard).toEqual(["4", "5"]);
  expect(page.messages.map(({ text, own }) => [text, own])).toEqual([["4", false], ["5", false]]);
  expect(before.messages.map(({ text }) => text)).toEqual(["2", "3"]);
  expect((await yuis.history()).messages.map(({ own, from }) => own && from === yui.session)).toEqual(Array(5).fill(true));
});

test("Members come, change and go", async () => {
  const { yui, yuis, rens } = await meet({ presence: true });
  const told: string[] = [];
  rens.on("presence", change => {
    if (change.action !== "list") told.push(`${change.action} ${change.member.name} ${JSON.stringify(change.member.data)}`);
  });
  await yuis.enter({ busy: false });
  await yuis.enter({ busy: true });
  await until(() => rens.members.size === 1 && told.length === 2);
  expect(rens.members.get(yui.session!)).toMatchObject({ name: "Yui", data: { busy: true }, own: false });
  expect(yuis.members.get(yui.session!)).toMatchObject({ own: true });
  await yuis.exit();
  await until(() => told.length === 3);
  expect(told).toEqual(['enter Yui {"busy":false}', 'update Yui {"busy":true}', 'leave Yui {"busy":true}']);
});

test("State is there for all, also for who has set it", async () => {
  const { yuis, rens } = await meet({ state: true });
  await yuis.set("topic", "echoes");
  await rens.set("photo", Uint8Array.of(7), { bound: true });
  await until(() => yuis.state.size === 2 && rens.state.size === 2);
  const newcomer = join(hub.port).room(yuis.name, { state: true });
  await newcomer.joined;
  for (const room of [yuis, rens, newcomer]) {
    expect(room.state.get("topic")).toMatchObject({ text: "echoes", bound: false });
    expect(room.state.get("photo")).toMatchObject({ bytes: Uint8Array.of(7), bound: true });
  }
  expect(await yuis.remove("topic")).toMatchObject({ duplicate: false, position: expect.any(String) });
  await until(() => newcomer.state.size === 1);
});

test("A direct message reaches one alone", async () => {
  const { yui, ren, yuis, rens } = await meet();
  const direct: unknown[] = [];
  ren.on("direct", ({ text, from, direct: isDirect }) => direct.push([text, from, isDirect]));
  await yui.send(ren.session!, "psst");
  await until(() => direct.length === 1);
  expect(direct).toEqual([["psst", yui.session, true]]);
  expect(await outcome(yui.send("nobody", "psst"))).toBe("PEER_GONE");
  await Promise.all([yuis.leave(), rens.leave()]);
});

test("A session that comes again elsewhere ends the older client, whose place it takes", async () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: () => {},
  };
  const first = join(hub.port, { session: storage });
  await first.ready;
  await first.close();
  const [older, newer] = [join(hub.port, { session: storage }), join(hub.port, { session: storage })];
  await older.ready;
  await newer.ready;
  const ended = await Promise.race([older.closed, newer.closed]);
  expect(ended).toMatchObject({ code: "TAKEN_OVER", closeCode: 4002 });
  const [one] = [older, newer].filter(client => client.status === "connected");
  expect(one!.session).toBe(first.session);
});

test("What the hub would end the connection for is refused before", async () => {
  const { yuis } = await meet();
  expect(await outcome(yuis.publish("x".repeat(1024 * 1024)))).toBe("TOO_LARGE");
  await yuis.publish("still here");
});

test("What the hub cannot read is refused, and ends nothing", async () => {
  const { yui, yuis } = await meet();
  const deep = (levels: number): unknown => (levels > 0 ? [deep(levels - 1)] : 0);
  const half = "😀".slice(0, 1);
  expect(await outcome(yuis.publish(half))).toBe("INVALID");
  expect(await outcome(yuis.publish({ event: "x", args: [deep(40)] }))).toBe("INVALID");
  expect(await outcome(yuis.enter(deep(40)))).toBe("INVALID");
  expect(await outcome(yuis.set(half, "1"))).toBe("INVALID");
  expect(await outcome(yui.send(half, "x"))).toBe("INVALID");
  expect(await outcome(yui.room(half).joined)).toBe("INVALID");
  await yuis.publish("still here");
  await yuis.leave();
});

test("A bound key that its client has removed stays removed, though the answer is lost", async () => {
  const proxy = await Proxy.start(() => hub.port);
  try {
    const name = `room ${++count}`;
    const watcher = join(hub.port).room(name, { state: true });
    const room = join(proxy.port).room(name);
    await Promise.all([watcher.joined, room.set("key", "1", { bound: true })]);
    proxy.isDumb = true;
    const removed = room.remove("key");
    await until(() => watcher.state.size === 0);
    proxy.cut();
    proxy.isDumb = false;
    await removed;
    await room.history();
    expect((await watcher.history()).gap).toBe(false);
    expect([...watcher.state.keys()]).toEqual([]);
  } finally {
    proxy.stop();
  }
});

test("Refusals: a wrong token, an address that is no hub's, a hub that is full", async () => {
  const guarded = await HubProcess.start("--token=secret", "--max-peers=1");
  try {
    const stranger = join(guarded.port, { token: "wrong" });
    await expect(stranger.ready).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    expect(stranger.status).toBe("closed");
    await join(guarded.port, { token: async () => "secret" }).ready;
    await expect(join(guarded.port, {}, "/ws?token=secret").ready).rejects.toMatchObject({ code: "REFUSED", closeCode: 3000 });
    const lost = join(guarded.port, { token: "secret", reconnect: false }, "/nowhere");
    await expect(lost.ready).rejects.toMatchObject({ code: "UNREACHABLE" });
  } finally {
    await guarded.kill();
  }
});

test("In an echoing hub one hears oneself, once", async () => {
  const echoing = await HubProcess.start("--echo");
  try {
    const yui = join(echoing.port).room("lounge");
    const reader = yui.messages();
    const { position } = await yui.publish("mine");
    expect(await reader.next()).toMatchObject({ value: { text: "mine", own: true, position } });
  } finally {
    await echoing.kill();
  }
});

test("A bound key of somebody who comes back stays, and that of somebody who does not goes", async () => {
  const forgiving = await HubProcess.start("Kodama__Log__PresenceGrace=00:00:03");
  const proxy = await Proxy.start(() => forgiving.port);
  try {
    const name = "lounge";
    const watcher = join(forgiving.port).room(name, { state: true });
    const [back, gone] = [join(proxy.port), join(proxy.port, { reconnect: false })];
    await back.room(name).set("back", "1", { bound: true });
    await gone.room(name).set("gone", "1", { bound: true });
    await until(() => watcher.state.size === 2);
    proxy.cut();
    await until(() => watcher.state.size < 2);
    await back.room(name).history();
    expect([...watcher.state.keys()]).toEqual(["back"]);
  } finally {
    proxy.stop();
    await forgiving.kill();
  }
});

test("A hub that hangs is noticed, and when it goes on everything is said once", async () => {
  const hanging = await HubProcess.start();
  try {
    const client = join(hanging.port, { ping: { interval: 300, timeout: 300 }, connectTimeout: 1000 });
    const lounge = client.room("lounge");
    await lounge.joined;
    hanging.freeze();
    const published = lounge.publish("said while it hangs");
    await until(() => client.status === "reconnecting");
    hanging.thaw();
    await published;
    expect((await lounge.history()).messages.map(({ text }) => text)).toEqual(["said while it hangs"]);
  } finally {
    await hanging.kill();
  }
});

test("A hub that has lost everything tells a gap, and the client goes on in its new room", async () => {
  const forgetful = await HubProcess.start();
  try {
    const client = join(forgetful.port);
    const lounge = client.room("lounge");
    const told: string[] = [];
    lounge.on("gap", ({ from, to }) => told.push(`gap ${from === position} ${to === lounge.position}`));
    const { position } = await lounge.publish("before");
    await until(() => lounge.position === position);
    await forgetful.restart();
    const { position: after } = await lounge.publish("after");
    expect(told).toEqual(["gap true true"]);
    expect(after!.split(":")[0]).not.toBe(position!.split(":")[0]);
  } finally {
    await forgetful.kill();
  }
});
