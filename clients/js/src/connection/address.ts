/** Where a hub is: the address of its WebSocket endpoint without the token, and the token that was in it. */
export interface Address {
  url: URL;
  token: string | undefined;
}

/** @param module Where this client was loaded from. */
export function addressOf(given: string | URL | undefined, details: Record<string, string> = {}, module = import.meta.url): Address {
  const url = resolve(given, module);
  url.protocol = url.protocol.replace("http", "ws");
  if (!/^wss?:$/.test(url.protocol)) throw new TypeError(`${url} is no address of a hub: it begins with ws, wss, http or https.`);
  if (url.pathname === "/") url.pathname = "/ws";
  url.hash = "";
  const token = url.searchParams.get("token") ?? undefined;
  url.searchParams.delete("token");
  for (const [name, value] of Object.entries(details)) {
    if (/^(token$|kodama\.)/i.test(name)) throw new TypeError(`A detail cannot be called ${name}: the hub takes that for something else.`);
    url.searchParams.set(name, value);
  }
  return { url, token };
}

/** The address with the token, for one connection. */
export function withToken(url: URL | string, token: string | undefined): string {
  const dialled = new URL(url);
  if (token) dialled.searchParams.set("token", token);
  return dialled.href;
}

function resolve(given: string | URL | undefined, module: string): URL {
  const page = globalThis.location?.href;
  if (given !== undefined) return new URL(given, page);
  // Loaded from a hub: that one, whatever its prefix and whoever's the page is.
  if (isServed(module)) return new URL("ws", module);
  if (!page) throw new TypeError("Say where the hub is: connect(\"ws://192.168.1.20:8080/ws\").");
  return new URL("/ws", page);
}

// The package has a file of that name in its folder dist.
function isServed(module: string): boolean {
  return /^https?:.*\/kodama\.js(\?|$)/.test(module) && !module.includes("/dist/kodama.js");
}
