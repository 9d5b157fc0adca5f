/** Storage that may be absent (private windows, blocked cookies): then nothing is remembered, and nothing breaks. */
class Memory {
  constructor(private readonly storage: () => Storage) {}

  read(key: string): string {
    try {
      return this.storage().getItem('kodama.' + key) ?? '';
    } catch {
      return '';
    }
  }

  write(key: string, value: string): void {
    try {
      if (value) this.storage().setItem('kodama.' + key, value);
      else this.storage().removeItem('kodama.' + key);
    } catch {
      return;
    }
  }
}

/** Kept on this device. */
export const device = new Memory(() => localStorage);
/** Kept until this tab closes, also over a reload. */
export const tab = new Memory(() => sessionStorage);

/** The tab's storage itself, where there is one. */
export function tabStorage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
