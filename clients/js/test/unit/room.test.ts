import { expect, test } from "vitest";
import type { Frame } from "../../src/connection/frames";
import { FakeHub, outcome, settled } from "../support/fake-hub";

test("A message is told with its author, time and place", () => {
  const { hub, lounge } = FakeHub.seated();
  const told: unknown[] = [];
  lounge.on("message", message => told.push(message));
  hub.message(1, "hi", { name: "Ren", id: "x", event: "message", time: 1764357729840 });
  hub.message(2, undefined!, { event: "move", args: [1, { $binary: "AQI=" }] });
  hub.socket.say({ type: "message", room: "lounge", time: 3, from: "ren", event: "cursor", args: [], transient: true });

  const nothing = { text: undefined, args: undefined, bytes: undefined, name: undefined, id: undefined, position: undefined };
  const common = { ...nothing, type: "message", room: "lounge", from: "ren", direct: false, own: false, transient: false };
  expect(told).toEqual([
    { ...common, event: "message", text: "hi", name: "Ren", id: "x", time: 1764357729840, position: "e:1" },
    { ...common, event: "move", args: [1, { $binary: "AQI=" }], time: 1, position: "e:2" },
    { ...common, event: "cursor", args: [], time: 3, transient: true },
  ]);
});

test("Own messages are told where the room echoes; elsewhere those alone that were said before", () => {
  const echoing = FakeHub.seated({}, {}, { echo: true });
  const own: boolean[] = [];
  echoing.lounge.on("message", message => own.push(message.own));
  void outcome(echoing.lounge.publish("mine"));
  echoing.hub.message(1, "mine", { from: "yui", id: echoing.hub.socket.asked("publish")[0]!["id"] });
  expect([echoing.heard, own]).toEqual([["mine"], [true]]);

  const silent = FakeHub.seated();
  void outcome(silent.lounge.publish("mine"));
  silent.hub.message(1, "before", { from: "yui", id: "older" });
  silent.hub.message(2, "mine", { from: "yui", id: silent.hub.socket.asked("publish")[0]!["id"] });
  expect(silent.heard).toEqual(["before"]);
});

test("Who comes into a room anew hears what they said in it before", async () => {
  const { hub, lounge } = FakeHub.seated();
  void lounge.publish("mine");
  const request = hub.socket.asked("publish")[0]!;
  hub.socket.answer(request, { position: "e:1" });
  const left = lounge.leave();
  hub.socket.answer(hub.socket.asked("leave")[0]);
  await left;
  const heard: unknown[] = [];
  hub.client.room("lounge", { last: 50 }).on("message", ({ text, own }) => heard.push([text, own]));
  hub.seat({}, false);
  hub.message(1, "mine", { from: "yui", id: request["id"] });
  expect(heard).toEqual([["mine", true]]);
});

test("Where a join begins is said as it was asked for", () => {
  const asked = [{ after: "e:3", last: 5 }, { last: 5, since: 7 }, { last: 0 }, { since: 7 }, {}].map(options => {
    const { hub } = FakeHub.seated({}, options);
    const { type, n, room, ...start } = hub.socket.asked("join")[0]!;
    return start;
  });
  expect(asked).toEqual([{ after: "e:3" }, { last: 5 }, { last: 0 }, { since: 7 }, {}]);
});

test("A refused join ends the room: joined rejects, left is told, and the name is free", async () => {
  const hub = new FakeHub();
  const lounge = hub.client.room("lounge");
  hub.greet();
  const left: string[] = [];
  lounge.on("left", error => left.push(error.text));
  const published = outcome(lounge.publish("mine"));
  hub.socket.refuse(hub.socket.asked("join")[0], "NOT_ALLOWED");
  expect(await outcome(lounge.joined)).toBe("NOT_ALLOWED");
  expect(await published).toBe("NOT_ALLOWED");
  expect(left).toEqual(["It is NOT_ALLOWED."]);
  hub.client.room("lounge", { token: "right" });
  expect(hub.socket.asked("join")[1]).toMatchObject({ token: "right" });
});

test("Whom the rules take out hears it, and nothing of the room after it", async () => {
  const { hub, lounge, heard } = FakeHub.seated();
  const left: string[] = [];
  lounge.on("left", error => left.push(error.code));
  const published = outcome(lounge.publish("mine"));
  const reader = lounge.messages();
  hub.message(1, "a");
  hub.socket.say({ type: "left", room: "lounge", code: "NOT_ALLOWED", text: "No more." });
  hub.message(2, "b");
  expect([heard, left]).toEqual([["a"], ["NOT_ALLOWED"]]);
  expect(await published).toBe("NOT_ALLOWED");
  expect(await reader.next()).toMatchObject({ value: { text: "a" } });
  expect(await outcome(reader.next())).toBe("NOT_ALLOWED");
  expect(await reader.next()).toMatchObject({ done: true });
});

test("Whom the hub's program takes out learns it when they ask for something", async () => {
  const { hub, lounge } = FakeHub.seated();
  const left: string[] = [];
  lounge.on("left", error => left.push(error.code));
  const published = [outcome(lounge.publish("a")), outcome(lounge.publish("b"))];
  for (const request of hub.socket.asked("publish")) hub.socket.refuse(request, "NOT_JOINED");
  expect(await Promise.all(published)).toEqual(["NOT_JOINED", "NOT_JOINED"]);
  expect(left).toEqual(["NOT_JOINED"]);
});

test("Members are a list, and changes behind it", async () => {
  const members = [{ member: "ren", name: "Ren", data: 1, offset: 3, time: 5 }];
  const { hub, lounge } = FakeHub.seated({}, { presence: true }, { position: "e:4", at: "e:4", members, state: [] });
  const told: unknown[] = [];
  lounge.on("presence", change => {
    if (change.action === "list") told.push([...lounge.members.keys()]);
    else told.push([change.action, change.member.id, change.member.data]);
  });
  expect(lounge.members.get("ren")).toEqual({ id: "ren", name: "Ren", data: 1, position: "e:3", time: 5, own: false });
  const say = (offset: number, action: string, member: string, data?: unknown) =>
    hub.socket.say({ type: "presence", room: "lounge", offset, time: 1, action, member, ...(data !== undefined && { data }) });

  say(5, "enter", "yui", 2);
  say(6, "enter", "ren", 3);
  say(7, "leave", "stranger");
  say(8, "leave", "ren");
  hub.mark(20, { members: [{ member: "ao", data: null, offset: 19, time: 1 }], state: [], at: "e:20" });

  expect(told).toEqual([["enter", "yui", 2], ["update", "ren", 3], ["leave", "ren", 3], ["ao"]]);
  expect(lounge.position).toBe("e:20");
});

test("State is a list, and changes behind it, with bytes in both forms", () => {
  const state = [{ key: "photo", base64: "AQI=", offset: 3, time: 5, bound: true }];
  const { hub, lounge } = FakeHub.seated({}, { state: true }, { position: "e:4", members: [], state });
  const told: unknown[] = [];
  lounge.on("state", change => told.push(change.action === "list" ? "list" : [change.action, change.entry.key]));
  expect(lounge.state.get("photo")).toMatchObject({ bytes: Uint8Array.of(1, 2), bound: true, position: "e:3" });

  hub.socket.say({ type: "state", room: "lounge", offset: 5, time: 1, action: "set", key: "topic", text: "echoes", from: "yui" });
  hub.socket.say({ type: "state", room: "lounge", offset: 6, time: 1, action: "set", key: "photo", binary: true }, Uint8Array.of(9));
  hub.socket.say({ type: "state", room: "lounge", offset: 7, time: 1, action: "remove", key: "nothing" });
  hub.socket.say({ type: "state", room: "lounge", offset: 8, time: 1, action: "remove", key: "topic" });

  expect(told).toEqual([["set", "topic"], ["set", "photo"], ["remove", "topic"]]);
  expect([...lounge.state.values()]).toMatchObject([{ key: "photo", bytes: Uint8Array.of(9), position: "e:6" }]);
});

test("A page of history says its messages as the room does", async () => {
  const { hub, lounge } = FakeHub.seated();
  const asked = lounge.history({ before: "e:9", limit: 2 });
  const [request] = hub.socket.asked("history");
  expect(request).toMatchObject({ room: "lounge", before: "e:9", limit: 2 });
  const messages = [{ offset: 3, time: 1, from: "yui", event: "message", text: "a" }, { offset: 4, time: 1, base64: "AQ==", event: "p" }];
  hub.socket.answer(request, { type: "history", room: "lounge", position: "e:3", more: true, messages: messages as unknown as Frame[] });
  const page = await asked;
  expect(page).toMatchObject({ position: "e:3", gap: false, more: true });
  expect(page.messages.map(({ position, text, bytes, own }) => [position, text, bytes, own])).toEqual([
    ["e:3", "a", undefined, true],
    ["e:4", undefined, Uint8Array.of(1), false],
  ]);
});

test("A refused enter leaves what was there before, also after a reconnection", async () => {
  const { hub, lounge } = FakeHub.seated();
  void lounge.enter("first");
  hub.socket.answer(hub.socket.asked("enter")[0], { position: "e:1" });
  const second = outcome(lounge.enter("second"));
  hub.socket.refuse(hub.socket.asked("enter")[1], "MESSAGE_REFUSED");
  expect(await second).toBe("MESSAGE_REFUSED");
  const socket = await hub.reconnect();
  hub.seat();
  expect(socket.asked("enter")).toMatchObject([{ data: "first" }]);
  socket.answer(socket.asked("enter")[0]);
  void lounge.exit();
  socket.answer(socket.asked("exit")[0]);
  const next = await hub.reconnect();
  hub.seat();
  expect(next.asked("enter")).toEqual([]);
});

test("leave() tells nothing more, waits for what is under way, and lets the name be joined again behind it", async () => {
  const { hub, lounge, heard } = FakeHub.seated();
  const published = lounge.publish("bye");
  const left = lounge.leave();
  const again = hub.client.room("lounge");
  expect(again).not.toBe(lounge);
  expect(hub.client.room("lounge")).toBe(again);
  hub.message(1, "unheard");
  expect(hub.socket.asked("leave")).toEqual([]);
  hub.socket.answer(hub.socket.asked("publish")[0], { position: "e:2" });
  expect(await published).toMatchObject({ position: "e:2" });
  expect(hub.socket.asked("join")).toHaveLength(1);

  hub.socket.answer(hub.socket.asked("leave")[0]);
  await left;
  expect(hub.socket.asked("join")).toHaveLength(2);
  hub.seat({ position: "e:2" });
  await again.joined;
  expect(heard).toEqual([]);
  expect(await outcome(lounge.publish("late"))).toBe("LEFT");
});

test("leave() without a connection ends at once, or when what waits has been said again", async () => {
  const idle = FakeHub.seated();
  idle.hub.socket.drop();
  await idle.lounge.leave();

  const { hub, lounge } = FakeHub.seated();
  const published = lounge.publish("bye");
  hub.socket.drop();
  const left = lounge.leave();
  hub.clock.advance(1000);
  await settled();
  hub.greet({ resumed: true });
  const socket = hub.seat();
  socket.answer(socket.asked("publish")[0], { position: "e:1" });
  socket.answer(socket.asked("leave")[0]);
  await Promise.all([published, left]);
});

test("A room that is mounted, left and mounted again at once is joined once", async () => {
  const hub = new FakeHub();
  const first = hub.client.room("lounge");
  const left = first.leave();
  const second = hub.client.room("lounge");
  await left;
  hub.greet();
  hub.seat();
  await second.joined;
  expect(hub.socket.asked("join")).toHaveLength(1);
  expect(await outcome(first.joined)).toBe("LEFT");
});
