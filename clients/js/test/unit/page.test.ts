import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeHub, settled } from "../support/fake-hub";

class Page extends EventTarget {
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  readonly stored = new Map<string, string>();
  readonly storage = {
    getItem: (key: string) => this.stored.get(key) ?? null,
    setItem: (key: string, value: string) => void this.stored.set(key, value),
    removeItem: (key: string) => void this.stored.delete(key),
  };

  /** @param persisted Of `pageshow`: whether the page had been left. */
  tell(event: string, persisted = true): void {
    this.dispatchEvent(Object.assign(new Event(event), { persisted }));
  }
}

let page: Page;

beforeEach(() => {
  page = new Page();
  vi.stubGlobal("window", page);
  vi.stubGlobal("document", page.document);
});

afterEach(() => {
  vi.stubGlobal("window", undefined);
  vi.stubGlobal("document", undefined);
});

test.each(["online", "pageshow"])("On %s it dials at once, with the shortest delay from then on", async event => {
  const hub = new FakeHub();
  for (let i = 0; i < 4; i++) {
    hub.socket.drop();
    hub.clock.advance(60_000);
    await settled();
  }
  hub.socket.drop();
  const before = hub.sockets.length;
  page.tell(event);
  expect(hub.sockets).toHaveLength(before + 1);
  hub.socket.drop();
  expect(hub.clock.waiting).toEqual([375]);
});

test("A page that is looked at again asks whether the hub is still there, and gives it 5 s", () => {
  const hub = new FakeHub();
  hub.greet();
  page.document.visibilityState = "hidden";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(hub.socket.asked("ping")).toEqual([]);
  page.document.visibilityState = "visible";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(hub.socket.asked("ping")).toHaveLength(1);
  hub.clock.advance(5000);
  expect(hub.client.status).toBe("reconnecting");
});

test("A dial that is under way is given 5 s more, and the next follows with the shortest delay", async () => {
  const hub = new FakeHub();
  for (let i = 0; i < 4; i++) {
    hub.socket.drop();
    hub.clock.advance(hub.clock.waiting[0]!);
    await settled();
  }
  const before = hub.sockets.length;
  hub.clock.advance(1000);
  page.tell("online");
  expect(hub.sockets).toHaveLength(before);
  expect(hub.socket.sent).toEqual([]);
  hub.clock.advance(4999);
  expect(hub.socket.closedWith).toBeUndefined();
  hub.clock.advance(1);
  expect(hub.socket.closedWith).toBeDefined();
  expect(hub.clock.waiting).toEqual([375]);
});

test("A page that is shown as it has been loaded hurries nothing", () => {
  const hub = new FakeHub();
  page.tell("pageshow", false);
  hub.clock.advance(9999);
  expect(hub.sockets[0]!.closedWith).toBeUndefined();
});

test("A dial is not given longer than it has", () => {
  const hub = new FakeHub();
  hub.clock.advance(9000);
  page.tell("online");
  hub.clock.advance(1000);
  expect(hub.socket.closedWith).toBeDefined();
});

test("A session lies in the storage only while nobody uses it", async () => {
  const first = new FakeHub({ session: page.storage });
  first.greet();
  const duplicate = new FakeHub({ session: page.storage });
  duplicate.socket.onopen!();
  expect(duplicate.socket.asked("hello")).toEqual([{ type: "hello" }]);

  page.tell("pagehide");
  expect([...page.stored.keys()]).toEqual(["kodama ws://hub/ws"]);
  page.tell("pageshow");
  expect(page.stored.size).toBe(0);

  void first.client.close();
  const reloaded = new FakeHub({ session: page.storage });
  reloaded.socket.onopen!();
  expect(reloaded.socket.asked("hello")).toEqual([{ type: "hello", session: { id: "yui", secret: "s" } }]);
});

test("Who was taken over leaves the session to who has it now", () => {
  const hub = new FakeHub({ session: page.storage });
  hub.greet();
  hub.socket.drop(4002);
  expect(page.stored.size).toBe(0);
});

test("Without a storage that works a session is a new one", () => {
  const broken = {
    getItem: () => {
      throw new Error("blocked");
    },
    setItem: () => {
      throw new Error("blocked");
    },
    removeItem: () => {},
  };
  const hub = new FakeHub({ session: broken });
  hub.greet();
  page.tell("pagehide");
  expect(hub.client.status).toBe("connected");
});

test.each(["7", "{}", '"a"', "null", "no JSON"])("What lies in its place, such as %s, is no session", stored => {
  page.stored.set("kodama ws://hub/ws", stored);
  const hub = new FakeHub({ session: page.storage });
  hub.socket.onopen!();
  expect(hub.socket.asked("hello")).toEqual([{ type: "hello" }]);
});

test("A client that has ended hears the page no more", () => {
  const hub = new FakeHub({ session: page.storage });
  hub.greet();
  hub.socket.drop(4001);
  page.stored.clear();
  page.tell("pagehide");
  page.tell("online");
  expect(page.stored.size).toBe(0);
  expect(hub.sockets).toHaveLength(1);
});
