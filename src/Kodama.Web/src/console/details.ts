import { admin, adminHeaders } from '../hub/admin';
import { pageBase, urls } from '../hub/here';
import { segment } from '../hub/urls';
import { decodePage, type Message, type Payload } from '../hub/wire';

/** In bytes, as its sender sent it. */
export function sizeOf(payload: Payload): number {
  switch (payload.kind) {
    case 'text':
      return payload.cut && payload.length > 0 ? payload.length : bytesOf(payload.text);
    case 'args':
      return bytesOf(payload.json);
    case 'binary':
      return payload.length;
    case 'file':
      return payload.file.length;
  }
}

/** Whether the stream of events told only the beginning of it. */
export function isCut(payload: Payload): boolean {
  switch (payload.kind) {
    case 'text':
    case 'args':
      return payload.cut;
    case 'binary':
      return payload.data === '' && payload.length > 0;
    case 'file':
      return payload.file.data === '' && payload.file.length > 0;
  }
}

/** The whole of a message, from what its room keeps; undefined where it keeps it no more, or this page may not read it. */
export async function readWhole(message: Message, signal: AbortSignal): Promise<Message | undefined> {
  if (message.offset < 1) return undefined;
  const runs = admin.value.state === 'granted';
  const query = new URLSearchParams({ after: `${message.epoch}:${message.offset - 1}`, limit: '1' });
  const page = runs ? `${pageBase()}api/admin/rooms/${segment(message.room)}/messages` : urls().messages(message.room);
  try {
    const address = page + (page.includes('?') ? '&' : '?') + query;
    const answer = await fetch(address, { headers: adminHeaders(), signal, cache: 'no-store' });
    const found = answer.ok ? decodePage(await answer.json()) : undefined;
    return found?.epoch === message.epoch && found.offset === message.offset ? found : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
