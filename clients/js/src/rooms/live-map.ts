/** Members or state as they are now: a list, and the changes behind it. */
export class LiveMap<T> extends Map<string, T> {
  replace(items: readonly (readonly [string, T])[]): void {
    this.clear();
    for (const [key, item] of items) this.set(key, item);
  }

  /**
   * Takes a change: what is there from now on, or nothing in its stead. Returns whether something was there before. A change stands for all
   * before it that were not told, so what is set may be new or not, and what is taken away may not be known.
   */
  change(key: string, item: T | undefined): boolean {
    const wasThere = this.has(key);
    if (item) this.set(key, item);
    else this.delete(key);
    return wasThere;
  }
}
