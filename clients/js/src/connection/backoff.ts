import type { Backoff, Clock, ReconnectStrategy } from "../api/options";

export function strategyOf(reconnect: Backoff | ReconnectStrategy | false | undefined, clock: Clock): ReconnectStrategy {
  if (reconnect === false) return () => null;
  if (typeof reconnect === "function") return reconnect;
  const { initial = 500, max = 15_000, factor = 2, jitter = 0.5 } = reconnect ?? {};
  return attempt => Math.min(initial * factor ** (attempt - 1), max) * (1 - jitter * clock.random());
}
