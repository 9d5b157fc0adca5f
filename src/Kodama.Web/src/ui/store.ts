import { useEffect, useState } from 'preact/hooks';

/** A value that components follow. Replaced whole, never changed in place. */
export class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(next: T): void {
    if (Object.is(next, this.current)) return;
    this.current = next;
    for (const listener of this.listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export function useStore<T>(store: Store<T>): T {
  const [, render] = useState<object>();
  useEffect(() => {
    const changed = () => render({});
    // What changed between the first render and this effect would otherwise be missed.
    changed();
    return store.subscribe(changed);
  }, [store]);
  return store.value;
}
