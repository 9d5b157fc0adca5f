import { expect, test } from 'vitest';
import { readEvents } from '../src/hub/sse';

const stream = ': hello\n\nevent: message\ndata: {"text":"木霊"}\n\ndata: a\ndata:b\n\nevent: empty\n\nevent: last\r\ndata:  two\r\n\r\n';
const events = [
  ['message', '{"text":"木霊"}'],
  ['message', 'a\nb'],
  ['last', ' two'],
];

async function read(pieces: Uint8Array[]): Promise<string[][]> {
  const told: string[][] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  await readEvents(body, (name, data) => told.push([name, data]));
  return told;
}

test('Events_CutAnywhere_AreTheSame', async () => {
  const bytes = new TextEncoder().encode(stream);
  for (let at = 0; at <= bytes.length; at++) {
    expect(await read([bytes.slice(0, at), bytes.slice(at)]), `cut at ${at}`).toEqual(events);
  }
  expect(await read([...bytes].map(byte => Uint8Array.of(byte)))).toEqual(events);
});

test('Event_ThatHasNotEnded_IsNotTold', async () => {
  expect(await read([new TextEncoder().encode('data: a\n\ndata: b\n')])).toEqual([['message', 'a']]);
});

test('Stream_ThatBreaks_SaysSo', async () => {
  const body = new ReadableStream<Uint8Array>({ start: controller => controller.error(new TypeError('network error')) });
  await expect(readEvents(body, () => undefined)).rejects.toThrow('network error');
});
