import type * as Kodama from 'kodama-client';
import { fileEvent, fileOf, fileOfBytes } from '../hub/files';
import { placeOf, type Message, type Payload, type Sender } from '../hub/wire';

/** Longest text that is kept of one message, in UTF-16 code units: a page of 500 stays below 64 MB. */
const maxText = 64 * 1024;

/** What kodama-client tells, as the page's parts show it. `who` is what is known of the author beside the name. */
export function said(message: Kodama.Message, who?: Sender): Message {
  const [epoch, offset] = placeOf(message.position);
  return {
    room: message.room,
    epoch,
    offset,
    time: message.time,
    event: message.event,
    ...(message.from !== undefined && { from: who ?? { id: message.from, details: message.name ? { name: message.name } : {} } }),
    payload: payloadOf(message, message.event),
  };
}

function payloadOf({ text, args, bytes }: Kodama.Content, event: string): Payload {
  if (text !== undefined) return { kind: 'text', text: text.slice(0, maxText), cut: text.length > maxText, length: text.length };
  if (bytes !== undefined) return { kind: 'file', file: fileOfBytes(bytes) };
  const file = event === fileEvent ? fileOf(args) : undefined;
  if (file) return { kind: 'file', file };
  const json = JSON.stringify(args ?? []);
  return { kind: 'args', json: json.slice(0, maxText), cut: json.length > maxText };
}
