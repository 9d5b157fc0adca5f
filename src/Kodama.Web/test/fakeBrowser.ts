import { vi } from 'vitest';

/** Doubles of what the browser brings, driven by the test. Nothing here waits: timers are vitest's fake ones. */

export class FakeEventSource {
  static all: FakeEventSource[] = [];
  static get last(): FakeEventSource {
    return FakeEventSource.all.at(-1)!;
  }

  closed = false;
  onerror: (() => void) | null = null;
  private readonly listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    FakeEventSource.all.push(this);
  }

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  emit(type: string, data: unknown): void {
    this.listeners.get(type)!({ data: JSON.stringify(data) });
  }

  fail(): void {
    this.onerror?.();
  }
}

export class FakeStorage {
  private readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/** Fake clock and streams; the largest jitter; `fetch` answers as told. */
export function fakeBrowser(fetch: typeof globalThis.fetch = () => Promise.reject(new TypeError('unreachable'))): void {
  FakeEventSource.all = [];
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(Math, 'random').mockReturnValue(1);
  vi.stubGlobal('EventSource', FakeEventSource);
  vi.stubGlobal('fetch', fetch);
}

export function realBrowser(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
}
