import { adminHeaders, heardOfAdmin, admin } from './admin';
import { pageBase } from './here';
import { segment } from './urls';
import { decodeError, decodeKeys, type RoomKey } from './wire';

/** What came of something that whoever runs the hub has done. */
export type Outcome<T> = { ok: true; value: T } | Refused;

export interface Refused {
  ok: false;
  /** The hub's name of it; empty where it was not reached. */
  code: string;
  /** The hub's words. */
  message: string;
}

const patience = 10_000;
const unreached: Refused = { ok: false, code: '', message: '' };
/** What a URL takes for a folder itself and for the one above, however it is escaped: a key of this name would be the room. */
const folders = new Set(['', '.', '..']);

/** To everybody, in whichever room; tells how many got it. */
export function announce(text: string): Promise<Outcome<number>> {
  return act('POST', 'messages', receivers, { body: text });
}

export function say(room: string, text: string): Promise<Outcome<number>> {
  return inRoom('POST', room, '/messages', receivers, { body: text });
}

export function disconnect(peer: string, reason: string): Promise<Outcome<undefined>> {
  const query = reason ? '?' + new URLSearchParams({ reason }) : '';
  return act('DELETE', `peers/${segment(peer)}${query}`, () => undefined);
}

/** Takes everybody out; tells how many they were. */
export function closeRoom(room: string): Promise<Outcome<number>> {
  return inRoom('DELETE', room, '', answer => numberOf(answer, 'peers'));
}

export function readState(room: string): Promise<Outcome<RoomKey[]>> {
  return inRoom('GET', room, '/state', decodeKeys);
}

/** Sets a key that stands where it was seen, or that is not set: nobody's later value is overwritten unseen. */
export function setKey(room: string, key: string, value: string, seen: RoomKey | undefined): Promise<Outcome<undefined>> {
  return change('PUT', room, key, seen, value);
}

export function removeKey(room: string, seen: RoomKey): Promise<Outcome<undefined>> {
  return change('DELETE', room, seen.key, seen);
}

async function change(method: string, room: string, key: string, seen: RoomKey | undefined, body?: string): Promise<Outcome<undefined>> {
  if (folders.has(key)) return { ok: false, code: 'INVALID_KEY', message: '' };
  const headers: Record<string, string> = seen ? { 'if-match': `"${seen.position}"` } : { 'if-none-match': '*' };
  return inRoom(method, room, `/state/${segment(key)}`, () => undefined, { headers, ...(body !== undefined && { body }) });
}

async function inRoom<T>(
  method: string,
  room: string,
  path: string,
  read: (answer: unknown) => T,
  request: RequestInit = {},
): Promise<Outcome<T>> {
  if (folders.has(room)) return { ok: false, code: 'NO_SUCH_ROOM', message: '' };
  return act(method, `rooms/${segment(room)}${path}`, read, request);
}

async function act<T>(method: string, path: string, read: (answer: unknown) => T, request: RequestInit = {}): Promise<Outcome<T>> {
  const { token } = admin.value;
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...(request.headers as Record<string, string>), ...adminHeaders() };
  try {
    const answer = await fetch(`${pageBase()}api/admin/${path}`, {
      ...request,
      method,
      headers,
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
    const said: unknown = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
    if (answer.ok) return { ok: true, value: read(said) };
    const { code, message } = decodeError(said);
    if (tokenRefusals.has(code)) heardOfAdmin(token, false);
    return { ok: false, code: code || String(answer.status), message };
  } catch {
    return unreached;
  }
}

const tokenRefusals = new Set(['ADMIN_TOKEN_REQUIRED', 'ADMIN_TOKEN_WRONG', 'NO_ADMIN']);

const receivers = (answer: unknown) => numberOf(answer, 'receivers');

function numberOf(answer: unknown, name: string): number {
  const value = (answer as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'number' ? value : 0;
}
