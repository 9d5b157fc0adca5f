import type { KodamaError } from "./error";

export interface ConnectOptions {
  /** What the hub tells of this client, such as `{ name: "Yui" }`. */
  details?: Record<string, string>;
  /** What the hub asks for; a function is asked before each connection. */
  token?: string | (() => string | Promise<string>);
  /** Where the session outlives a reload of the page: `sessionStorage`. */
  session?: SessionStorage;
  reconnect?: Backoff | ReconnectStrategy | false;
  /** Ms of the hub's silence after which it is asked (15,000), and in which it must say anything (10,000). */
  ping?: { interval?: number; timeout?: number };
  /** Ms from the dial to the hub's hello (10,000). */
  connectTimeout?: number;
  /** What may wait for its acknowledgement: changes (1,024), and their bytes (8 MiB). */
  queue?: { limit?: number; bytes?: number };
  /** Where there is no global one: that of the package `ws`. */
  WebSocket?: WebSocketConstructor;
  /** For tests. */
  clock?: Clock;
}

/** Delay before attempt n: `initial` (500 ms) x `factor` (2)^(n-1), at most `max` (15,000), less up to `jitter` (0.5) of itself. */
export interface Backoff {
  initial?: number;
  max?: number;
  factor?: number;
  jitter?: number;
}

/** Ms before the next attempt (from 1), or null to give up. */
export type ReconnectStrategy = (attempt: number, cause: KodamaError) => number | null;

export interface SessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string) => object;

export interface Clock {
  /** Ms, that never go back. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** From 0 to less than 1. */
  random(): number;
}
