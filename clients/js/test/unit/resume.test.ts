import { expect, test } from "vitest";
import { FakeHub, outcome, settled } from "../support/fake-hub";

test("A room is joined again after its position, with what it asked for, and entered again before it is live", async () => {
  const options = { last: 50, presence: true, state: true, token: "t" };
  const { hub, lounge } = FakeHub.seated({}, options, { position: "e:7", members: [], state: [] });
  const entered = lounge.enter({ busy: true });
  hub.socket.answer(hub.socket.asked("enter")[0], { position: "e:8" });
  await entered;
  hub.mark(9);

  const socket = await hub.reconnect();

  expect(socket.asked("hello")[0]).toEqual({ type: "hello", session: { id: "yui", secret: "s" } });
  expect(socket.asked("join")).toEqual([{ type: "join", n: 1, room: "lounge", after: "e:9", presence: true, state: true, token: "t" }]);
  hub.seat({ position: "e:9" }, false);
  expect(socket.asked("enter")).toEqual([{ type: "enter", n: 2, room: "lounge", data: { busy: true } }]);
});

test("A mark with a position moves the room to another epoch, with a gap where the hub tells one", async () => {
  const { hub, lounge } = FakeHub.seated({}, {}, { position: "e:4" });
  const told: unknown[] = [];
  lounge.on("gap", ({ from, to }) => told.push([from, to]));
  hub.mark(4);
  hub.message(5, "said");

  hub.mark(5, { position: "next:5" });
  expect(told).toEqual([]);
  hub.message(6, "there");
  expect(lounge.position).toBe("next:6");
  hub.mark(3, { position: "last:3", gap: 6 });

  expect(told).toEqual([["next:6", "last:3"]]);
  const socket = await hub.reconnect();
  expect(socket.asked("join")[0]).toMatchObject({ after: "last:3" });
});

test("A room that begins after a kept position asks for its lists, and not again after a cut", async () => {
  const members = [{ member: "ren", offset: 3, time: 1 }];
  const { hub, lounge } = FakeHub.seated({}, { after: "e:7", presence: true }, { position: "e:7", members, state: [] });
  expect(hub.socket.asked("join")[0]).toMatchObject({ after: "e:7", presence: true, lists: true });
  expect([...lounge.members.keys()]).toEqual(["ren"]);
  hub.mark(7);

  const socket = await hub.reconnect();

  expect(socket.asked("join")).toEqual([{ type: "join", n: 1, room: "lounge", after: "e:7", presence: true }]);
});

test("What was not acknowledged is said again when the room is live, in order, under its id, with a position from before", async () => {
  const { hub, lounge } = FakeHub.seated({}, {}, { position: "e:4" });
  hub.mark(4);
  const first = lounge.publish("one");
  hub.message(5, "other");
  const second = lounge.publish("two");
  const before = hub.socket.asked("publish");

  const socket = await hub.reconnect({ resumed: true });
  const third = lounge.publish("three");
  hub.seat({ position: "e:5" }, false);
  expect(socket.asked("publish")).toEqual([]);
  hub.mark(5);

  const again = socket.asked("publish");
  expect(again.map(({ text, id, again }) => ({ text, id, again }))).toEqual([
    { text: "one", id: before[0]!["id"], again: "e:4" },
    { text: "two", id: before[1]!["id"], again: "e:5" },
    { text: "three", id: expect.any(String), again: undefined },
  ]);
  socket.answer(again[0], { position: "e:6", duplicate: true });
  socket.answer(again[1], { position: "e:7" });
  socket.answer(again[2], { position: "e:8" });
  expect(await Promise.all([first, second, third])).toEqual([
    { position: "e:6", duplicate: true },
    { position: "e:7", duplicate: false },
    { position: "e:8", duplicate: false },
  ]);
});

test("What the replay brings is acknowledged, and not said again", async () => {
  const { hub, lounge, heard } = FakeHub.seated();
  const published = lounge.publish("mine");
  const { id } = hub.socket.asked("publish")[0]!;

  const socket = await hub.reconnect({ resumed: true });
  hub.seat({}, false);
  hub.message(1, "mine", { from: "yui", id });
  hub.mark(1);

  expect(await published).toEqual({ position: "e:1", duplicate: false });
  expect(socket.asked("publish")).toEqual([]);
  expect(heard).toEqual([]);
});

test("Somebody else's message under the id of a pending one acknowledges nothing", async () => {
  const { hub, lounge, heard } = FakeHub.seated();
  void outcome(lounge.publish("mine"));
  const { id } = hub.socket.asked("publish")[0]!;

  const socket = await hub.reconnect({ resumed: true });
  hub.seat({}, false);
  hub.message(1, "forged", { id });
  hub.mark(1);

  expect(socket.asked("publish")).toMatchObject([{ text: "mine", id, again: "e:0" }]);
  expect(heard).toEqual(["forged"]);
});

test("What was under way in a session that the hub has forgotten is of unknown outcome, and what was not said goes on", async () => {
  const { hub, lounge } = FakeHub.seated();
  const said = outcome(lounge.publish("said"));

  hub.session = "new";
  const socket = await hub.reconnect();
  const waiting = lounge.publish("waiting");
  hub.seat();

  expect(await said).toBe("OUTCOME_UNKNOWN");
  expect(socket.asked("publish")).toMatchObject([{ text: "waiting" }]);
  socket.answer(socket.asked("publish")[0], { position: "e:1" });
  expect(await waiting).toMatchObject({ position: "e:1" });
});

test("What was under way in a forgotten session, and is heard in the replay, is acknowledged", async () => {
  const { hub, lounge } = FakeHub.seated();
  const said = lounge.publish("said");
  const { id } = hub.socket.asked("publish")[0]!;

  hub.session = "new";
  await hub.reconnect();
  hub.seat({}, false);
  hub.message(1, "said", { from: "yui", id });
  hub.mark(1);

  expect(await said).toEqual({ position: "e:1", duplicate: false });
});

test("A late answer of what was heard already changes nothing", async () => {
  const { hub, lounge } = FakeHub.seated({}, {}, { echo: true });
  const published = lounge.publish("mine");
  const request = hub.socket.asked("publish")[0]!;
  hub.message(1, "mine", { from: "yui", id: request["id"] });

  hub.socket.answer(request, { position: "e:99" });

  expect(await published).toEqual({ position: "e:1", duplicate: false });
});

test("Answers that overtake each other find their requests", async () => {
  const { hub, lounge } = FakeHub.seated();
  const first = lounge.publish("one");
  const second = outcome(lounge.publish("two"));
  const [one, two] = hub.socket.asked("publish");

  hub.socket.refuse(two, "MESSAGE_REFUSED");
  hub.socket.answer(one, { position: "e:1" });

  expect(await second).toBe("MESSAGE_REFUSED");
  expect(await first).toEqual({ position: "e:1", duplicate: false });
});

test("A resumed join that the rules refuse ends the room, and what waits in it", async () => {
  const { hub, lounge } = FakeHub.seated();
  const left: string[] = [];
  lounge.on("left", error => left.push(error.code));
  const published = outcome(lounge.publish("mine"));

  const socket = await hub.reconnect({ resumed: true });
  socket.refuse(socket.asked("join")[0], "NOT_ALLOWED");

  expect(await published).toBe("NOT_ALLOWED");
  expect(left).toEqual(["NOT_ALLOWED"]);
  expect(await outcome(lounge.publish("later"))).toBe("NOT_ALLOWED");
  expect(hub.client.room("lounge")).not.toBe(lounge);
});

test("A resumed join for which the hub has no place now is tried again", async () => {
  const { hub, heard } = FakeHub.seated();
  const socket = await hub.reconnect({ resumed: true });
  for (const code of ["UNAVAILABLE", "BUSY", "TOO_MANY_ROOMS"]) {
    socket.refuse(socket.asked("join").at(-1), code);
    const joins = socket.asked("join").length;
    expect(socket.asked("ping")).toEqual([]);
    hub.clock.advance(4000);
    expect(socket.asked("join")).toHaveLength(joins + 1);
  }
  hub.seat();
  hub.message(1, "hello");
  expect(heard).toEqual(["hello"]);
});

test("Gaps are told before what comes behind them, by whom they are made: the join, or retention", async () => {
  const { hub, lounge } = FakeHub.seated({}, {}, { position: "e:3" });
  const told: unknown[] = [];
  lounge.on("gap", ({ from, to }) => told.push([from, to]));
  lounge.on("message", ({ text, position }) => told.push([text, position]));
  hub.mark(3);

  await hub.reconnect({ resumed: true });
  hub.seat({ position: "f:10", gap: true }, false);
  hub.message(11, "a");
  hub.mark(20, { gap: 15, live: false });
  hub.message(21, "b");

  expect(told).toEqual([["e:3", "f:10"], ["a", "f:11"], ["f:15", "f:20"], ["b", "f:21"]]);
  expect(lounge.position).toBe("f:21");
});

test("What nobody has kept makes the client leave and join again, when all is answered", async () => {
  const { hub, lounge } = FakeHub.seated();
  const { socket } = hub;
  const failed = [outcome(lounge.publish("one")), outcome(lounge.publish("two"))];
  const [one, two] = socket.asked("publish");
  socket.refuse(one, "NOT_KEPT");
  const next = lounge.publish("three");
  expect(socket.asked("leave")).toEqual([]);
  socket.refuse(two, "NOT_IN_ORDER");
  expect(socket.asked("publish")).toHaveLength(2);
  hub.message(1, "meanwhile");

  socket.answer(socket.asked("leave")[0]);
  expect(socket.asked("join").at(-1)).toMatchObject({ after: "e:1" });
  hub.seat({ position: "e:1" }, false);
  hub.mark(1);

  expect(await Promise.all(failed)).toEqual(["NOT_KEPT", "NOT_IN_ORDER"]);
  const last = socket.asked("publish").at(-1)!;
  expect(last).toMatchObject({ text: "three" });
  expect(last["again"]).toBeUndefined();
  socket.answer(last, { position: "e:2" });
  expect(await next).toMatchObject({ position: "e:2" });
});

test("A direct message of which the connection has cut the answer is of unknown outcome; one that was not said waits", async () => {
  const hub = new FakeHub();
  hub.greet();
  const said = outcome(hub.client.send("ren", "psst"));
  hub.socket.drop();
  const waiting = hub.client.send("ren", "again");
  expect(await said).toBe("OUTCOME_UNKNOWN");

  hub.clock.advance(60_000);
  await settled();
  const socket = hub.greet();
  expect(socket.asked("send")).toMatchObject([{ to: "ren", text: "again" }]);
  socket.answer(socket.asked("send")[0]);
  await waiting;
});

test("Who is not let be a member again now is one when it comes back the next time", async () => {
  const { hub, lounge } = FakeHub.seated();
  void lounge.enter("here");
  hub.socket.answer(hub.socket.asked("enter")[0], { position: "e:1" });
  for (const code of ["MESSAGE_REFUSED", "BUSY"]) {
    const socket = await hub.reconnect({ resumed: true });
    hub.seat();
    expect(socket.asked("enter")).toMatchObject([{ data: "here" }]);
    socket.refuse(socket.asked("enter")[0], code);
  }
});

test("A bound key that is being changed is not set again before: what removed it may have come through", async () => {
  const { hub, lounge } = FakeHub.seated();
  for (const key of ["removed", "changed", "kept"]) void lounge.set(key, "1", { bound: true });
  for (const request of hub.socket.asked("set")) hub.socket.answer(request, { position: "e:1" });
  void outcome(lounge.remove("removed"));
  void outcome(lounge.set("changed", "2", { bound: true }));

  const socket = await hub.reconnect({ resumed: true });
  hub.seat();

  const asked = [...socket.asked("set"), ...socket.asked("remove")].map(({ type, key, text }) => [type, key, text]);
  expect(asked).toEqual([["set", "kept", "1"], ["set", "changed", "2"], ["remove", "removed", undefined]]);
});
