import type { SentFile } from '../hub/files';
import type { Message } from '../hub/wire';

/** What was said before, at first and with each step back. */
export const pageSize = 50;
/** What is kept and shown of a room, beside what one has scrolled up to. */
export const maxItems = 500;
/** Of files that are held, in characters of base64: beyond, the oldest are only named. */
export const maxFiles = 64 * 1024 * 1024;
const maxNames = 3;

export type Item =
  | { kind: 'message'; key: string; message: Message; mine: boolean }
  | { kind: 'presence'; key: string; way: Way; names: readonly string[]; count: number; time: number }
  /** What was said here is not kept by the hub any more. */
  | { kind: 'gap'; key: string };

export type Way = 'join' | 'leave';

/** What the room tells, in its order. */
export type Heard =
  | { type: 'message'; message: Message; mine: boolean }
  | { type: 'gap' }
  | { type: 'presence'; way: Way; name: string; time: number };

/**
 * A text or file on its way. `preparing` is being read; `queued` waits for the connection; `sent` has been given to the client, which says
 * it until the hub has acknowledged it; of what is `unconfirmed` nobody knows whether it has arrived, and it is for the person to judge;
 * `refused` was not taken.
 */
export interface Outgoing {
  key: number;
  text: string;
  state: 'preparing' | 'queued' | 'sent' | 'unconfirmed' | 'refused';
  /** The room's position when it was sent: it lies behind, if anywhere. Empty when it has been looked for there. */
  since?: string;
  /** The hub's, of a refusal. */
  reason?: string;
  file?: SentFile;
  /** How many bytes a file may have, where it has more. */
  most?: number;
  /** How much of the file has left, from 0 to 1. */
  progress?: number;
}

/** Whether the room keeps more than is shown: it was not asked yet, it is being asked, no, or no more. */
export type Earlier = 'perhaps' | 'asked' | 'none' | 'gone';

/** All that was said in one room, as far as it is shown. Changed only by the functions below, which are pure. */
export interface Talk {
  items: readonly Item[];
  outgoing: readonly Outgoing[];
  earlier: Earlier;
  /** How many more than `maxItems` are kept, as one has scrolled up to them. */
  extra: number;
  nextKey: number;
}

export const emptyTalk: Talk = { items: [], outgoing: [], earlier: 'perhaps', extra: 0, nextKey: 1 };

export function hear(talk: Talk, heard: readonly Heard[]): Talk {
  const next = withFewFiles(heard.reduce(hearOne, talk));
  const most = maxItems + next.extra;
  return next.items.length > most ? { ...next, items: next.items.slice(-most), earlier: 'perhaps' } : next;
}

function withFewFiles(talk: Talk): Talk {
  let held = 0;
  const items = talk.items.toReversed().map(item => {
    if (item.kind !== 'message' || item.message.payload.kind !== 'file') return item;
    const { file } = item.message.payload;
    held += file.data.length;
    if (file.data === '' || held <= maxFiles) return item;
    return { ...item, message: { ...item.message, payload: { kind: 'file' as const, file: { ...file, data: '' } } } };
  });
  return held <= maxFiles ? talk : { ...talk, items: items.reverse() };
}

function hearOne(talk: Talk, heard: Heard): Talk {
  switch (heard.type) {
    case 'message':
      return place(talk, heard.message, heard.mine);
    case 'presence':
      return presence(talk, heard.way, heard.name, heard.time);
    case 'gap':
      return append(talk, { kind: 'gap', key: 'i' + talk.nextKey });
  }
}

/**
 * Puts a message where the room has it: one's own come with their acknowledgement, which may be behind what was said after them. Where the
 * room echoes they come twice, and the room's word counts.
 */
function place(talk: Talk, message: Message, mine: boolean): Talk {
  const key = 'i' + talk.nextKey;
  if (message.offset === 0) return append(talk, { kind: 'message', key, message, mine });
  let at = talk.items.length;
  for (let index = at - 1; index >= 0; index--) {
    const item = talk.items[index]!;
    if (item.kind !== 'message' || item.message.offset === 0) continue;
    if (item.message.epoch !== message.epoch || item.message.offset < message.offset) break;
    if (item.message.offset === message.offset) return { ...talk, items: talk.items.with(index, { ...item, message }) };
    at = index;
  }
  return { ...talk, items: talk.items.toSpliced(at, 0, { kind: 'message', key, message, mine }), nextKey: talk.nextKey + 1 };
}

function append(talk: Talk, item: Item): Talk {
  return { ...talk, items: [...talk.items, item], nextKey: talk.nextKey + 1 };
}

/** Comings and goings in a row make one line: a class that enters is not a hundred lines. */
function presence(talk: Talk, way: Way, name: string, time: number): Talk {
  const last = talk.items.at(-1);
  if (last?.kind !== 'presence' || last.way !== way) {
    return append(talk, { kind: 'presence', key: 'i' + talk.nextKey, way, names: [name], count: 1, time });
  }
  const names = last.names.length < maxNames ? [...last.names, name] : last.names;
  return { ...talk, items: talk.items.with(-1, { ...last, names, count: last.count + 1, time }) };
}

/** Where what is shown begins; undefined where nothing is shown that has a place. */
export function beginning(talk: Talk): string | undefined {
  const first = talk.items.find(item => item.kind === 'message' && item.message.offset > 0);
  return first?.kind === 'message' ? `${first.message.epoch}:${first.message.offset}` : undefined;
}

/** Whether the room may keep more than is shown: a first page that is not full was all. */
export function mayHaveEarlier(talk: Talk): boolean {
  return talk.items.filter(item => item.kind === 'message' && item.message.offset > 0).length >= pageSize;
}

/** A page of what was said before the beginning. */
export function recall(talk: Talk, page: readonly { message: Message; mine: boolean }[], more: boolean, gap: boolean): Talk {
  const items = page.map(({ message, mine }, index): Item => ({ kind: 'message', key: `i${talk.nextKey + index}`, message, mine }));
  return {
    ...talk,
    items: [...items, ...talk.items],
    earlier: more ? 'perhaps' : gap ? 'gone' : 'none',
    extra: talk.extra + items.length,
    nextKey: talk.nextKey + items.length,
  };
}

export function write(talk: Talk, text: string, file?: SentFile): Talk {
  const one: Outgoing = { key: talk.nextKey, text, state: 'queued', ...(file && { file }) };
  return { ...talk, outgoing: [...talk.outgoing, one], nextKey: talk.nextKey + 1 };
}

/** Gives what is known of a text on its way. */
export function mark(talk: Talk, key: number, known: Partial<Outgoing>): Talk {
  return { ...talk, outgoing: talk.outgoing.map(one => (one.key === key ? { ...one, ...known } : one)) };
}

export function sendAgain(talk: Talk, key: number): Talk {
  const again = talk.outgoing.find(one => one.key === key);
  return again ? write(discard(talk, key), again.text, again.file) : talk;
}

export function discard(talk: Talk, key: number): Talk {
  return { ...talk, outgoing: talk.outgoing.filter(one => one.key !== key) };
}
