import { expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock";
import { FakeHub, outcome, settled } from "../support/fake-hub";

test("A hub that is silent is asked, and its connection left to itself when it says nothing", async () => {
  const hub = new FakeHub({ ping: { interval: 15_000, timeout: 10_000 } });
  const socket = hub.greet();
  hub.clock.advance(14_999);
  expect(socket.asked("ping")).toEqual([]);
  hub.clock.advance(1);
  expect(socket.asked("ping")).toHaveLength(1);

  hub.clock.advance(9_999);
  expect(hub.client.status).toBe("connected");
  hub.clock.advance(1);

  expect(hub.client.status).toBe("reconnecting");
  expect(socket.closedWith).toBeDefined();
  socket.drop();
  hub.clock.advance(500);
  await settled();
  hub.greet();
  expect(hub.client.status).toBe("connected");
});

test("Whatever the hub says answers the question whether it is there", () => {
  const { hub } = FakeHub.seated();
  for (let i = 1; i <= 10; i++) {
    hub.clock.advance(15_000);
    hub.clock.advance(9_000);
    hub.mark(i);
  }
  expect(hub.client.status).toBe("connected");
  expect(hub.sockets).toHaveLength(1);
  expect(hub.socket.asked("ping")).toHaveLength(10);
});

test("A dial without an answer, and a handshake without a hello, are given up", async () => {
  const hub = new FakeHub();
  hub.clock.advance(10_000);
  expect(hub.clock.waiting).toEqual([375]);
  hub.clock.advance(375);
  await settled();
  hub.socket.onopen!();
  hub.clock.advance(10_000);
  expect(hub.sockets).toHaveLength(2);
  expect(hub.client.status).toBe("connecting");
  expect(hub.clock.waiting).toEqual([750]);
});

test("Delays grow up to the most, and begin anew after a connection that has lasted", async () => {
  const hub = new FakeHub({ reconnect: { initial: 1000, max: 3000, factor: 2, jitter: 0 } });
  const delays: number[] = [];
  for (let i = 0; i < 4; i++) {
    hub.socket.drop();
    delays.push(hub.clock.waiting[0]!);
    hub.clock.advance(delays.at(-1)!);
    await settled();
  }
  expect(delays).toEqual([1000, 2000, 3000, 3000]);
  hub.greet();
  hub.clock.advance(9000);
  hub.socket.drop();
  expect(hub.clock.waiting).toEqual([3000]);
  hub.clock.advance(3000);
  await settled();
  hub.greet();
  hub.clock.advance(10_000);
  hub.socket.drop();
  expect(hub.clock.waiting).toEqual([1000]);
});

test.each([
  [1000, "CLOSED"], [1002, "CLOSED"], [1009, "CLOSED"], [4400, "CLOSED"],
  [3000, "REFUSED"], [4001, "DISCONNECTED"], [4002, "TAKEN_OVER"], [4003, "NOT_ALLOWED"],
])("Close code %d ends the client with %s", async (closeCode, code) => {
  const { hub, lounge } = FakeHub.seated();
  const published = outcome(lounge.publish("mine"));
  const reading = outcome(lounge.messages().next());

  hub.socket.drop(closeCode, "That is it.");

  expect(hub.client.status).toBe("closed");
  expect(await hub.client.closed).toMatchObject({ code, closeCode, text: "That is it." });
  expect(await published).toBe(code);
  expect(await reading).toBe(code);
  expect(hub.clock.waiting).toEqual([]);
  expect(() => hub.client.room("other")).toThrow("closed");
});

test("A hello that comes late, over a connection given up, takes over the client's next one, and that comes back", async () => {
  const { hub } = FakeHub.seated();
  const dial = async () => {
    hub.clock.advance(hub.clock.waiting[0]!);
    await settled();
  };
  hub.socket.drop();
  await dial();
  hub.socket.onopen!();
  hub.clock.advance(10_000);
  await dial();
  hub.greet();
  hub.clock.advance(8_000);
  hub.socket.drop(4002);
  expect(hub.client.status).toBe("reconnecting");

  await dial();
  hub.greet();
  hub.clock.advance(2_000);
  hub.socket.drop(4002);
  expect(hub.client.status).toBe("closed");
});

test.each([1001, 1005, 1006, 1011, 1012, 1013, 4000, 4005, 4408])("After close code %d it comes back", code => {
  const { hub } = FakeHub.seated();
  const told: unknown[] = [];
  hub.client.on("status", (status, cause) => told.push([status, cause?.closeCode]));
  hub.socket.drop(code);
  expect(told).toEqual([["reconnecting", code === 1006 ? undefined : code]]);
});

test("A refusal before the first connection is that of ready", async () => {
  const hub = new FakeHub();
  hub.socket.onopen!();
  hub.socket.drop(3000, "Tell your name: ?name=...");
  await expect(hub.client.ready).rejects.toMatchObject({ code: "REFUSED", text: "Tell your name: ?name=..." });
});

test("A strategy of one's own decides, and may give up", async () => {
  const asked: unknown[] = [];
  const hub = new FakeHub({
    reconnect: (attempt, cause) => {
      asked.push([attempt, cause.code]);
      return attempt < 2 ? 10 : null;
    },
  });
  hub.socket.drop();
  hub.clock.advance(10);
  await settled();
  hub.socket.drop();
  expect(asked).toEqual([[1, "UNREACHABLE"], [2, "UNREACHABLE"]]);
  expect(await hub.client.closed).toMatchObject({ code: "UNREACHABLE" });
});

test("A strategy that says nothing gives up, and so does one that throws, which is reported", async () => {
  const error = new Error("mine");
  const reported = vi.spyOn(console, "error").mockImplementation(() => {});
  const strategies = [() => undefined as never, () => {
    throw error;
  }];
  for (const reconnect of strategies) {
    const { hub } = FakeHub.seated({ reconnect });
    hub.socket.drop();
    expect(await hub.client.closed).toMatchObject({ code: "UNREACHABLE" });
    expect(hub.clock.waiting).toEqual([]);
  }
  expect(reported.mock.calls).toEqual([[error]]);
  reported.mockRestore();
});

test.each([Infinity, 2 ** 40])("A delay of %d ms is not one of none", delay => {
  const timer = vi.spyOn(globalThis, "setTimeout").mockReturnValue(1 as never);
  systemClock.setTimeout(() => {}, delay);
  expect(timer.mock.calls[0]![1]).toBeGreaterThan(2 ** 30);
  expect(timer.mock.calls[0]![1]).toBeLessThan(2 ** 31);
  timer.mockRestore();
});

test("Bytes belong to the text before them, however late they come", async () => {
  const { hub, lounge } = FakeHub.seated();
  const told: unknown[] = [];
  lounge.on("message", ({ event, bytes, position }) => told.push([event, bytes, position]));

  hub.message(1, undefined!, { event: "photo", binary: true });
  hub.clock.advance(100);
  expect(told).toEqual([]);
  expect(lounge.position).toBe("e:0");
  hub.socket.sayBytes(Uint8Array.of(1, 2, 3));

  expect(told).toEqual([["photo", Uint8Array.of(1, 2, 3), "e:1"]]);
});

test("A connection that breaks between a text and its bytes has told nothing of them", async () => {
  const { hub, lounge } = FakeHub.seated();
  hub.message(1, undefined!, { binary: true });
  const socket = await hub.reconnect({ resumed: true });
  expect(socket.asked("join")).toMatchObject([{ after: "e:0" }]);
  expect(lounge.position).toBe("e:0");
});

test.each(["null", "7", "{}", '{"type":"error"}'])("Whoever answers the hello with %s is no hub", answer => {
  const hub = new FakeHub();
  hub.socket.onopen!();
  hub.socket.onmessage!({ data: answer });
  expect(hub.socket.closedWith).toBeDefined();
  expect(hub.client.status).toBe("connecting");
  expect(hub.clock.waiting).toEqual([375]);
});

test("A token that cannot be had now is asked for again", async () => {
  let asked = 0;
  const hub = new FakeHub({ token: () => (asked++ === 0 ? Promise.reject(new Error("offline")) : "t") });
  const told: unknown[] = [];
  hub.client.on("status", (status, cause) => told.push([status, cause?.text]));
  await settled();
  expect(told).toEqual([["connecting", "There is no token: Error: offline"]]);
  hub.clock.advance(1000);
  await settled();
  expect(hub.socket.url).toBe("ws://hub/ws?token=t");
});

test.each([
  ["no JSON", (hub: FakeHub) => hub.socket.onmessage!({ data: "hello" })],
  ["bytes that nobody has announced", (hub: FakeHub) => hub.socket.sayBytes(Uint8Array.of(1))],
  ["members that are none", (hub: FakeHub) => hub.mark(1, { members: [null] })],
  ["a text in place of the bytes", (hub: FakeHub) => (hub.message(1, undefined!, { binary: true }), hub.message(2, "x"))],
])("What says %s is left, and dialled again", (_, say) => {
  const { hub, heard } = FakeHub.seated();
  say(hub);
  expect(hub.client.status).toBe("reconnecting");
  expect(heard).toEqual([]);
});

test("A token is asked for before each connection, and goes into the address with the details", async () => {
  let count = 0;
  const hub = new FakeHub({ token: async () => `t&${++count}`, details: { name: "Yui 木霊" } }, "http://hub/lan/ws?floor=2&token=old");
  await settled();
  hub.greet();
  await hub.reconnect();
  expect(hub.sockets.map(socket => socket.url)).toEqual(
    ["t%261", "t%262"].map(token => `ws://hub/lan/ws?floor=2&name=Yui+%E6%9C%A8%E9%9C%8A&token=${token}`),
  );
  expect(hub.socket.protocol).toBe("kodama.v1");
});

test("close() says goodbye, rejects what waits, and ends when the hub has answered, or late", async () => {
  const { hub, lounge } = FakeHub.seated();
  const published = outcome(lounge.publish("mine"));
  const reader = lounge.messages();
  const closing = hub.client.close();
  expect(hub.socket.closedWith).toBe(1000);
  expect(await published).toBe("CLOSED");
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  hub.socket.drop(1000);
  await closing;
  expect(await hub.client.closed).toBeUndefined();

  const deaf = new FakeHub();
  deaf.greet();
  const late = deaf.client.close();
  deaf.clock.advance(2000);
  await late;
  expect(deaf.clock.waiting).toEqual([]);
});

test("close() between two attempts ends it", async () => {
  const hub = new FakeHub();
  hub.socket.drop();
  await hub.client.close();
  expect(hub.clock.waiting).toEqual([]);
  await expect(hub.client.ready).rejects.toMatchObject({ code: "CLOSED" });
});

test("A handler that throws is reported, and harms nobody", () => {
  const { hub, lounge, heard } = FakeHub.seated();
  const reported = vi.spyOn(console, "error").mockImplementation(() => {});
  const error = new Error("mine");
  lounge.on("message", () => {
    throw error;
  });
  const stop = lounge.on("message", message => heard.push(`second ${message.text}`));
  hub.message(1, "a");
  stop();
  hub.message(2, "b");
  expect(heard).toEqual(["a", "second a", "b"]);
  expect(reported.mock.calls).toEqual([[error], [error]]);
  reported.mockRestore();
});

test("Direct messages are the hub's, of peers or of its program", () => {
  const { hub } = FakeHub.seated();
  const told: unknown[] = [];
  hub.client.on("direct", ({ text, from, direct, room, position }) => told.push([text, from, direct, room, position]));
  hub.socket.say({ type: "message", time: 1, from: "ren", direct: true, text: "psst" });
  hub.socket.say({ type: "message", time: 1, text: "to all" });
  expect(told).toEqual([["psst", "ren", true, "", undefined], ["to all", undefined, false, "", undefined]]);
});

test.each(["ftp://hub/ws", "ws://hub:port/", "/ws"])("%s is no address", url => {
  expect(() => new FakeHub({}, url)).toThrow(TypeError);
});

test.each(["token", "Kodama.rewind"])("%s cannot be a detail", name => {
  expect(() => new FakeHub({ details: { [name]: "x" } })).toThrow(`cannot be called ${name}`);
});
