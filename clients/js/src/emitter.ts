type Handler = (...values: never[]) => void;

/** Handlers by event. One that throws is reported, and harms neither the others nor the client. */
export class Emitter<E extends { [K in keyof E]: Handler }> {
  readonly #handlers = new Map<keyof E, Set<{ call: Handler }>>();

  on<K extends keyof E>(event: K, call: E[K]): () => void {
    const entry = { call };
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(entry));
    return () => void handlers.delete(entry);
  }

  emit<K extends keyof E>(event: K, ...values: Parameters<E[K]>): void {
    for (const { call } of [...(this.#handlers.get(event) ?? [])]) {
      try {
        call(...(values as never[]));
      } catch (error) {
        report(error);
      }
    }
  }
}

/** Where the platform shows errors that nobody has caught. */
export function report(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}
