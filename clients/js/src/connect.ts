import type { Hub } from "./api/hub";
import type { ConnectOptions, WebSocketConstructor } from "./api/options";
import { systemClock } from "./clock";
import { addressOf } from "./connection/address";
import { HubClient } from "./hub";

/** Connects to a hub, and again until it is closed. Returns at once. Without an address to the one that this module was loaded from. */
export function connect(options?: ConnectOptions): Hub;
export function connect(url: string | URL | undefined, options?: ConnectOptions): Hub;
export function connect(first?: string | URL | ConnectOptions, second: ConnectOptions = {}): Hub {
  const isUrl = first === undefined || typeof first === "string" || first instanceof URL;
  const [url, options] = isUrl ? [first, second] : [undefined, first];
  const WebSocket = options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  if (!WebSocket) throw new TypeError('There is no WebSocket here: connect(url, { WebSocket }) with that of the package "ws".');
  return new HubClient(WebSocket, addressOf(url, options.details), options, options.clock ?? systemClock);
}
