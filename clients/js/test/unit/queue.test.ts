import { expect, test } from "vitest";
import { FakeHub, outcome, settled } from "../support/fake-hub";

test("What is published before the room is live is said then, in order", async () => {
  const hub = new FakeHub();
  const lounge = hub.client.room("lounge");
  const published = [lounge.publish("a"), lounge.publish({ event: "move", args: [1, 2] }), lounge.publish(Uint8Array.of(7, 8).subarray(1))];
  hub.greet();
  hub.seat();
  const said = hub.socket.sent.slice(2);
  expect(said).toMatchObject([
    { type: "publish", room: "lounge", text: "a" },
    { event: "move", args: [1, 2] },
    { binary: true },
    Uint8Array.of(8),
  ]);
  hub.socket.asked("publish").forEach((request, i) => hub.socket.answer(request, { position: `e:${i + 1}` }));
  expect((await Promise.all(published)).map(({ position }) => position)).toEqual(["e:1", "e:2", "e:3"]);
});

test("What was published does not change with what the program does to it later", async () => {
  const hub = new FakeHub();
  const lounge = hub.client.room("lounge");
  const [bytes, point] = [Uint8Array.of(1), { x: 1 }];
  void outcome(lounge.publish(bytes));
  void outcome(lounge.publish({ args: [point] }));
  void outcome(lounge.enter(point));
  bytes[0] = 9;
  point.x = 9;
  hub.greet();
  hub.seat();
  expect(hub.socket.sent.slice(2)).toMatchObject([{ binary: true }, Uint8Array.of(1), { args: [{ x: 1 }] }, { data: { x: 1 } }]);
});

test("No more than 100 are under way, so that the hub remembers the ids of all", () => {
  const { hub, lounge } = FakeHub.seated();
  for (let i = 0; i < 150; i++) void outcome(lounge.publish(`${i}`));
  expect(hub.socket.asked("publish")).toHaveLength(100);
  hub.socket.answer(hub.socket.asked("publish")[70]);
  expect(hub.socket.asked("publish").at(-1)).toMatchObject({ text: "100" });
});

test("A full queue refuses, and has room again when something was acknowledged", async () => {
  const { hub, lounge } = FakeHub.seated({ queue: { limit: 2, bytes: 10_000 } });
  void lounge.publish("a");
  void outcome(hub.client.room("other").publish("b"));
  expect(await outcome(lounge.publish("c"))).toBe("QUEUE_FULL");
  hub.socket.answer(hub.socket.asked("publish")[0]);
  void outcome(lounge.publish("d"));
  expect(hub.socket.asked("publish").map(({ text }) => text)).toEqual(["a", "d"]);
});

test("Bytes are bounded too, but for one that is alone", async () => {
  const hub = new FakeHub({ queue: { bytes: 100 } });
  const lounge = hub.client.room("lounge");
  const large = outcome(lounge.publish(new Uint8Array(500)));
  expect(await outcome(lounge.publish("b"))).toBe("QUEUE_FULL");
  hub.greet();
  const socket = hub.seat();
  socket.answer(socket.asked("publish")[0], { position: "e:1" });
  expect(await large).toMatchObject({ position: "e:1" });
});

test.each([
  ["text", "木".repeat(400)],
  ["bytes", new Uint8Array(1001)],
])("What is larger than the hub takes (%s) is refused here, as the hub would end the connection", async (_, large) => {
  const { hub, lounge } = FakeHub.seated();
  const refused = outcome(lounge.publish(large));
  void outcome(lounge.publish("木".repeat(200)));
  expect(await refused).toBe("TOO_LARGE");
  expect(hub.socket.asked("publish")).toHaveLength(1);
});

test("Transient messages are dropped while the room is not live, and never said again", async () => {
  const { hub, lounge } = FakeHub.seated();
  const cursor = { event: "cursor", args: [1], transient: true };
  const said = lounge.publish(cursor);
  expect(hub.socket.asked("publish")[0]).toMatchObject({ transient: true });
  expect(hub.socket.asked("publish")[0]!["id"]).toBeUndefined();
  hub.socket.drop();
  const nothing = { position: undefined, duplicate: false };
  expect([await said, await lounge.publish(cursor)]).toEqual([nothing, nothing]);
  hub.clock.advance(1000);
  hub.greet();
  expect(hub.seat().asked("publish")).toEqual([]);
});

test("State and history are said again too", async () => {
  const { hub, lounge } = FakeHub.seated();
  const set = lounge.set("topic", "echoes", { bound: true });
  const removed = lounge.remove("old");
  const page = lounge.history();
  const ids = ["set", "remove"].map(type => hub.socket.asked(type)[0]!["id"]);
  const socket = await hub.reconnect({ resumed: true });
  hub.seat();
  expect(socket.sent.slice(2)).toMatchObject([
    { type: "set", key: "topic", text: "echoes", bound: true, id: ids[0], again: "e:0" },
    { type: "remove", key: "old", id: ids[1], again: "e:0" },
    { type: "history" },
  ]);
  const change = { type: "state", room: "lounge", offset: 1, time: 1, action: "set", key: "topic", text: "echoes" };
  hub.socket.say({ ...change, from: "yui", id: ids[0] });
  socket.answer(socket.asked("remove")[0]);
  socket.answer(socket.asked("history")[0], { type: "history", position: "e:1", messages: [] });
  expect(await set).toEqual({ position: "e:1", duplicate: false });
  expect(await removed).toEqual({ position: undefined, duplicate: false });
  expect(await page).toEqual({ messages: [], position: "e:1", gap: false, more: false });
});

test("Bound keys are set again when the room is live, under their ids, unless they were removed, or others have set them", async () => {
  const { hub, lounge } = FakeHub.seated({}, { state: true });
  const keys = ["mine", "removed", "taken", "unbound"];
  for (const key of keys) void lounge.set(key, Uint8Array.of(1), { bound: true });
  void lounge.set("unbound", "2");
  void lounge.remove("removed");
  const sets = hub.socket.asked("set");
  for (const request of [...sets, ...hub.socket.asked("remove")]) hub.socket.answer(request, { position: "e:1" });
  await settled();

  const socket = await hub.reconnect({ resumed: true });
  hub.seat({}, false);
  hub.socket.say({ type: "state", room: "lounge", offset: 8, time: 1, action: "set", key: "taken", text: "x", from: "ren" });
  expect(socket.asked("set")).toEqual([]);
  hub.mark(8);
  const { n, ...mine } = sets[0]!;
  expect(socket.sent.slice(2)).toEqual([{ ...mine, n: expect.any(Number) as number }, Uint8Array.of(1)]);
});

test.each([[undefined], [null], [7], [{}], [{ text: 1 }], [{ args: "a" }], [{ event: "move" }]])("%j is no payload", async payload => {
  const { lounge } = FakeHub.seated();
  await expect(lounge.publish(payload as never)).rejects.toBeInstanceOf(TypeError);
});
