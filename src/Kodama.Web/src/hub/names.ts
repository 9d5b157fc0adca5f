import type { Details, Sender } from './wire';

const longestName = 40;
/** Control characters, and the marks that turn the direction of the text after them. */
const unruly = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function plain(text: string): string {
  return text.replace(unruly, '').trim();
}

/** A name that a stranger chose, made fit to stand in a line of text. */
export function nameOf(sender: Sender & { user?: string }): string {
  const { name, username, userName, displayName } = sender.details;
  const chosen = plain(name || username || userName || displayName || sender.user || '');
  const characters = [...chosen];
  if (characters.length > longestName) return characters.slice(0, longestName - 1).join('') + '…';
  return chosen || '#' + sender.id.slice(0, 4);
}

/** The details that people may want to see. */
export function shownDetails(details: Details): [string, string][] {
  return Object.entries(details)
    .filter(([key]) => key !== 'name')
    .map(([key, value]) => [plain(key), plain(value)]);
}

/** 0 to 359, the same for the same name on every device and, unlike an id, after every reconnect. Who has no name is named by the id. */
export function hueOf(name: string): number {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return hash % 360;
}
