import { expect, test } from "vitest";
import { FakeHub, settled } from "../support/fake-hub";

const others = [["http://b:8080/ws"], ["http://c:8080/ws"]];

async function next(hub: FakeHub): Promise<string> {
  hub.clock.advance(Math.min(...hub.clock.waiting));
  await settled();
  return hub.socket.url;
}

test("A hub that is gone is tried once, then the others, and then there is a wait", async () => {
  const hub = new FakeHub({ details: { name: "Yui" } });
  hub.greet({ cluster: others });
  hub.socket.drop();
  const tried = [await next(hub)];
  for (let i = 0; i < 2; i++) {
    hub.socket.drop();
    expect(hub.clock.waiting).toEqual([0]);
    tried.push(await next(hub));
  }
  expect(tried[0]).toBe("ws://hub/ws?name=Yui");
  expect(tried.slice(1).sort()).toEqual(["ws://b:8080/ws?name=Yui", "ws://c:8080/ws?name=Yui"]);
  hub.socket.drop();
  expect(hub.clock.waiting[0]).toBeGreaterThan(0);
  expect(await next(hub)).toBe("ws://hub/ws?name=Yui");
});

test("At another hub the session is resumed, and that hub's own others count", async () => {
  const hub = new FakeHub();
  hub.greet();
  hub.socket.say({ type: "cluster", cluster: [["http://b/ws"]] });
  hub.socket.drop();
  await next(hub);
  hub.socket.drop();
  expect(await next(hub)).toBe("ws://b/ws");
  const second = hub.greet({ resumed: true, cluster: [["http://d/ws"]] });
  expect(second.asked("hello")[0]).toMatchObject({ session: { id: "yui", secret: "s" } });
  hub.socket.drop();
  expect(await next(hub)).toBe("ws://b/ws");
  hub.socket.drop();
  expect(await next(hub)).toBe("ws://d/ws");
});

test("Who came by TLS goes nowhere without it", async () => {
  const hub = new FakeHub({}, "wss://hub/ws");
  hub.greet({ cluster: [["http://b:8080/ws"]] });
  hub.socket.drop();
  await next(hub);
  hub.socket.drop();
  expect(await next(hub)).toBe("wss://b:8080/ws");
});
