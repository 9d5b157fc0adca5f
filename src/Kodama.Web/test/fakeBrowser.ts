import { vi } from 'vitest';

/** Doubles of what the browser brings, driven by the test. Nothing here waits: timers are vitest's fake ones. */

/** The hub's event stream, as fetch answers it. */
export class FakeStream {
  static all: FakeStream[] = [];
  static get last(): FakeStream {
    return FakeStream.all.at(-1)!;
  }

  /** What comes of opening one, where it is no stream. */
  static answer: (() => Promise<Response>) | undefined;

  closed = false;
  private controller!: ReadableStreamDefaultController<Uint8Array>;

  private constructor(
    readonly url: string,
    readonly headers: Record<string, string>,
  ) {
    FakeStream.all.push(this);
  }

  static open(url: string, { headers, signal }: RequestInit): Promise<Response> {
    const stream = new FakeStream(url, headers as Record<string, string>);
    signal!.addEventListener('abort', () => (stream.closed = true));
    return FakeStream.answer?.() ?? Promise.resolve(stream.response());
  }

  emit(type: string, data: unknown): void {
    this.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  write(text: string): void {
    this.controller.enqueue(new TextEncoder().encode(text));
  }

  fail(): void {
    this.controller.error(new TypeError('network error'));
  }

  private response(): Response {
    return new Response(new ReadableStream<Uint8Array>({ start: controller => void (this.controller = controller) }));
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

/** Fake clock; the largest jitter; `fetch` answers as told. */
export function fakeBrowser(fetch: typeof globalThis.fetch = () => Promise.reject(new TypeError('unreachable'))): void {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(Math, 'random').mockReturnValue(1);
  vi.stubGlobal('fetch', fetch);
}

export function realBrowser(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
}
