/** What a browser says of its page and network. Elsewhere nothing. */
export interface Wakeups {
  /** Online again, or looked at again. */
  wake(): void;
  /** The page is left; perhaps it comes back. */
  hide(): void;
  show(): void;
}

/** Returns a function that ends it. */
export function listen(wakeups: Wakeups): () => void {
  const target = globalThis.window as Window | undefined;
  if (!target?.addEventListener) return () => {};
  const ending = new AbortController();
  const on = (event: string, act: (event: Event) => void, where: EventTarget = target) =>
    where.addEventListener(event, act, { signal: ending.signal });
  on("online", wakeups.wake);
  on("visibilitychange", () => document.visibilityState === "visible" && wakeups.wake(), document);
  on("pagehide", wakeups.hide);
  // It is told of each page that was loaded too.
  on("pageshow", event => (event as PageTransitionEvent).persisted && wakeups.show());
  return () => ending.abort();
}
