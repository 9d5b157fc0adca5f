import { afterEach } from "vitest";
import { WebSocket } from "ws";
import type { Hub } from "../../src/api/hub";
import type { ConnectOptions } from "../../src/api/options";
import { connect } from "../../src/index";

const open = new Set<Hub>();

afterEach(async () => {
  await Promise.all([...open].map(hub => hub.close()));
  open.clear();
});

/** A client in Node, which ends with its test. It comes back fast. */
export function join(port: number, options: ConnectOptions = {}, path = "/ws"): Hub {
  const hub = connect(`ws://127.0.0.1:${port}${path}`, { WebSocket, reconnect: { initial: 50, max: 400 }, ...options });
  open.add(hub);
  return hub;
}

/** When something is so; the runner's limit ends a wait in vain. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(done => setTimeout(done, 10));
}
