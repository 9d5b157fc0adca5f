/** Only what no program on this device takes as its own: http and https, in ASCII, as addresses are copied. */
const address = /\bhttps?:\/\/[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5f\x61-\x7e]+/gi;
/** What ends a sentence rather than an address. */
const punctuation = '.,;:!?';
const opened: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

export interface Link {
  href: string;
  text: string;
}

/** A text in pieces, addresses of web pages among them. The pieces together are the text. */
export function withLinks(text: string): (string | Link)[] {
  const pieces: (string | Link)[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = trimmed(match[0]);
    if (!isPlain(found)) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ href: found, text: found });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** Without the punctuation behind it, and without a bracket that was opened before it. */
function trimmed(found: string): string {
  const left: Record<string, number> = {};
  for (const character of found) left[character] = (left[character] ?? 0) + 1;
  for (let end = found.length; ; end--) {
    const last = found[end - 1]!;
    const opening = opened[last];
    const isOfTheText = opening === undefined ? punctuation.includes(last) : left[last]! > (left[opening] ?? 0);
    if (!isOfTheText) return found.slice(0, end);
    left[last]!--;
  }
}

/** Whether it is an address, and of the host that it seems to be of: what stands before an @ is a name, not a host. */
function isPlain(found: string): boolean {
  try {
    const { protocol, username, password } = new URL(found);
    return /^https?:$/.test(protocol) && username === '' && password === '';
  } catch {
    return false;
  }
}
