import { afterEach, expect, test, vi } from "vitest";
import { addressOf } from "../../src/connection/address";

const bundle = "https://app.example/assets/index-1234.js";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["ws://hub", "ws://hub/ws"],
  ["http://192.168.1.20:8080", "ws://192.168.1.20:8080/ws"],
  ["https://hub/realtime/ws?floor=2#top", "wss://hub/realtime/ws?floor=2"],
  ["/hub/ws", "wss://app.example/hub/ws"],
  [undefined, "wss://app.example/ws"],
])("%s on a page is %s", (given, url) => {
  vi.stubGlobal("location", new URL("https://app.example/page?x=1"));
  expect(addressOf(given, {}, bundle).url.href).toBe(url);
});

test.each([
  ["http://192.168.1.20:8080/kodama.js", "ws://192.168.1.20:8080/ws"],
  ["https://hub/realtime/kodama.js?v=2", "wss://hub/realtime/ws"],
  ["https://app.example/node_modules/kodama-client/dist/kodama.js", "wss://app.example/ws"],
  [bundle, "wss://app.example/ws"],
])("Loaded from %s it goes to %s", (module, url) => {
  vi.stubGlobal("location", new URL("https://app.example/page"));
  expect(addressOf(undefined, {}, module).url.href).toBe(url);
});

test("The token is taken out of the address", () => {
  const { url, token } = addressOf("http://hub/ws?token=a%20b&x=1", { name: "Yui" });
  expect([url.href, token]).toEqual(["ws://hub/ws?x=1&name=Yui", "a b"]);
});
