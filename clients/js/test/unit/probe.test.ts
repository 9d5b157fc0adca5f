import { afterEach, expect, test, vi } from "vitest";
import { FakeHub, settled } from "../support/fake-hub";

const json = (body: unknown) => Promise.resolve(new Response(JSON.stringify(body)));
const unreadable = () => Promise.reject(new TypeError("Failed to fetch"));
const refused = { error: { code: "AUTHENTICATION_FAILED", message: "The token is wrong.", statusCode: 403 } };

/** What the hub answers over HTTP, by path. Returns what was asked. */
function answers(byPath: Record<string, () => Promise<Response>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: URL) => {
    asked.push(url.href);
    return (byPath[url.pathname] ?? unreadable)();
  });
  return asked;
}

async function refuse(hub: FakeHub): Promise<void> {
  hub.socket.drop();
  for (let i = 0; i < 5; i++) await settled();
}

afterEach(() => {
  vi.stubGlobal("fetch", unreadable);
  vi.stubGlobal("location", undefined);
});

test("A wrong token is found out over HTTP, and ends the client", async () => {
  const asked = answers({ "/lan/api/peers": () => json(refused) });
  const hub = new FakeHub({}, "ws://hub/lan/ws?token=a%26b");
  await refuse(hub);
  expect(asked).toEqual(["http://hub/lan/api/peers?room=kodama-client&token=a%26b"]);
  expect(await hub.client.closed).toMatchObject({ code: "AUTHENTICATION_FAILED", text: "The token is wrong." });
  await expect(hub.client.ready).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
  expect(hub.clock.waiting).toEqual([]);
});

test.each([
  ["the hub lets us in over HTTP", () => json({ peers: [] })],
  ["a validator refuses us over HTTP", () => json({ error: { code: "REFUSED", message: "", statusCode: 403 } })],
  ["something else answers", () => Promise.resolve(new Response("<html>"))],
  ["nobody answers", unreadable],
])("It tries again where %s", async (_, answer) => {
  answers({ "/api/peers": answer });
  const hub = new FakeHub();
  await refuse(hub);
  expect(hub.client.status).toBe("connecting");
  expect(hub.clock.waiting).toEqual([375]);
});

test("A foreign page that may read nothing but health is one that the hub does not know", async () => {
  vi.stubGlobal("location", new URL("https://app.example/page"));
  answers({ "/health": () => json({ status: "ok" }) });
  const hub = new FakeHub();
  await refuse(hub);
  const text = expect.stringContaining("--origin https://app.example") as string;
  expect(await hub.client.closed).toMatchObject({ code: "ORIGIN_NOT_ALLOWED", text });
});

test.each([
  ["the hub's own page", "http://hub/", false],
  ["a page that was let in before", "https://app.example/", true],
])("What %s cannot read was an accident of the network", async (_, location, wasIn) => {
  vi.stubGlobal("location", new URL(location));
  answers({ "/health": () => json({ status: "ok" }) });
  const hub = new FakeHub();
  if (wasIn) await (hub.greet(), hub.socket.drop(), hub.clock.advance(1000), settled());
  await refuse(hub);
  expect(hub.client.status).not.toBe("closed");
});

test("A connection that was accepted is not asked about", async () => {
  const asked = answers({});
  const hub = new FakeHub();
  hub.socket.onopen!();
  await refuse(hub);
  expect(asked).toEqual([]);
});

test("An answer that comes when the next attempt has succeeded is of no importance", async () => {
  let answer!: (response: Response) => void;
  answers({ "/api/peers": () => new Promise(resolve => (answer = resolve)) });
  const hub = new FakeHub();
  await refuse(hub);
  hub.clock.advance(1000);
  hub.greet();
  answer(await json(refused));
  await settled();
  expect(hub.client.status).toBe("connected");
});

test("A refusal that is found out while the next attempt is under way is why the client has ended", async () => {
  let answer!: (response: Response) => void;
  const asked = answers({ "/api/peers": () => new Promise(resolve => (answer = resolve)) });
  const hub = new FakeHub();
  await refuse(hub);
  hub.clock.advance(1000);
  expect(hub.sockets).toHaveLength(2);
  answer(await json(refused));
  expect(await hub.client.closed).toMatchObject({ code: "AUTHENTICATION_FAILED" });
  expect(hub.socket.closedWith).toBeDefined();
  expect(hub.clock.waiting).toEqual([]);
  expect(asked).toHaveLength(1);
});

test("A client that makes one attempt only says why it was refused", async () => {
  answers({ "/api/peers": () => json(refused) });
  const hub = new FakeHub({ reconnect: false });
  await refuse(hub);
  expect(await hub.client.closed).toMatchObject({ code: "AUTHENTICATION_FAILED" });

  answers({});
  const alone = new FakeHub({ reconnect: false });
  await refuse(alone);
  expect(await alone.client.closed).toMatchObject({ code: "UNREACHABLE" });
});
