/** A file as the page holds it (docs/specs/file.md). */
export interface SentFile {
  name: string;
  /** What its sender says it is. Shown at most: what is done with it does not depend on it. */
  type: string;
  /** In bytes. */
  length: number;
  /** Base64. */
  data: string;
}

/** The event by which a file is said: its name, its type and its bytes. */
export const fileEvent = 'file';

const longestName = 100;
/** What a file system takes for something else, what cannot be seen, and what turns the direction of the text after it. */
const unruly = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff/\\:*?"<>|]/g;

/** The arguments of the event. Bytes stand in JSON as Socket.IO's do elsewhere. */
export function argsOf({ name, type, data }: SentFile): unknown[] {
  return [name, type, { $binary: data }];
}

export function fileOf(args: readonly unknown[] | undefined): SentFile | undefined {
  const [name, type, bytes] = args ?? [];
  const data = (bytes as { $binary?: unknown } | null | undefined)?.$binary;
  if (typeof name !== 'string' || typeof type !== 'string' || typeof data !== 'string' || !isBase64(data)) return undefined;
  return { name: fileName(name), type: type.slice(0, 100), length: lengthOf(data), data };
}

/** The same where the arguments are cut: what they begin with. `length` is that of the whole. */
export function fileOfCut(args: string, length: number): SentFile | undefined {
  const [head, name, type] = /^\s*\[\s*("(?:[^"\\]|\\.)*")\s*,\s*("(?:[^"\\]|\\.)*")\s*,\s*\{"\$binary"\s*:\s*"/.exec(args) ?? [];
  if (!head || !name || !type) return undefined;
  try {
    const said = [JSON.parse(name), JSON.parse(type)] as [string, string];
    const bytes = Math.max(0, Math.floor(((length - head.length) * 3) / 4));
    return { name: fileName(said[0]), type: said[1].slice(0, 100), length: bytes, data: '' };
  } catch {
    return undefined;
  }
}

export function fileOfBytes(bytes: Uint8Array, name = '', type = ''): SentFile {
  return { name: fileName(name), type, length: bytes.length, data: toBase64(bytes) };
}

/** A name as it may stand on the disk of whoever saves the file: without folders, and with its own end last. */
export function fileName(given: string): string {
  const name = [...given.replace(unruly, '_').replace(/^[\s.]+|[\s.]+$/g, '')];
  if (name.length <= longestName) return name.join('');
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : [];
  return [...name.slice(0, longestName - end.length), ...end].join('');
}

const signatures: [type: string, at: number, bytes: string][] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
];

/**
 * The type of an image that can be shown, by its first bytes and not by what its sender says: pixels and nothing that could run, as SVG
 * and HTML would in the hub's origin.
 */
export function imageType({ data }: SentFile): string | undefined {
  const head = atob(data.slice(0, 24));
  return signatures.find(([, at, bytes]) => head.startsWith(bytes, at))?.[0];
}

export function bytesOf({ data }: SentFile): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(data), character => character.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // As many as a call takes arguments.
  for (let at = 0; at < bytes.length; at += 0x2000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x2000)));
  return btoa(parts.join(''));
}

export function isBase64(data: string): boolean {
  return data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
}

function lengthOf(data: string): number {
  return (data.length / 4) * 3 - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0);
}
