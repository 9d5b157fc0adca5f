import { expect, test } from 'vitest';
import { beginning, discard, emptyTalk, hear, mark, maxItems, recall, sendAgain, write, type Heard, type Talk } from '../src/join/talk';
import { said } from '../src/join/said';
import { kodamaMessage } from './fakeClient';

const message = (offset: number, text = String(offset)): Heard => ({
  type: 'message',
  message: said(kodamaMessage('Yui', text, offset)),
  mine: false,
});
const join = (name: string): Heard => ({ type: 'presence', way: 'join', name, time: 0 });
const texts = (talk: Talk) => talk.outgoing.map(one => `${one.state}: ${one.text}`);
const offsets = (talk: Talk) => talk.items.map(item => (item.kind === 'message' ? item.message.offset : item.kind));

test('Message_OlderThanTheLast_StandsInItsPlace', () => {
  expect(offsets(hear(emptyTalk, [message(1), message(4), join('Ren'), message(3), message(2)]))).toEqual([1, 2, 3, 4, 'presence']);
});

test('Message_OfAnotherEpoch_StandsBehind', () => {
  const restarted = said({ ...kodamaMessage('Yui', 'new', 1), position: 'f:1' });
  const talk = hear(emptyTalk, [message(7), { type: 'gap' }, { type: 'message', message: restarted, mine: false }]);
  expect(offsets(talk)).toEqual([7, 'gap', 1]);
});

test('Message_HeardTwice_IsShownOnceAndTheLastCounts', () => {
  const talk = hear(emptyTalk, [message(1, 'a'), message(2), message(1, 'b')]);
  expect(talk.items).toMatchObject([{ key: 'i1', message: { payload: { text: 'b' } } }, { message: { offset: 2 } }]);
});

test('Message_Transient_StandsWhereItCame', () => {
  const tick = said({ ...kodamaMessage('Yui', 'tick', 0), position: undefined });
  expect(offsets(hear(emptyTalk, [message(1), { type: 'message', message: tick, mine: false }, message(2)]))).toEqual([1, 0, 2]);
});

test('Unconfirmed_SentAgain_IsQueuedLast', () => {
  const lost = mark(write(emptyTalk, 'a'), 1, { state: 'unconfirmed' });
  const talk = sendAgain(write(lost, 'b'), 1);
  expect(texts(talk)).toEqual(['queued: b', 'queued: a']);
  expect(texts(discard(talk, talk.outgoing[0]!.key))).toEqual(['queued: a']);
});

test('Presence_ManyInARow_MakesOneLine', () => {
  const talk = hear(emptyTalk, ['a', 'b', 'c', 'd', 'e'].map(join));
  expect(talk.items).toMatchObject([{ kind: 'presence', way: 'join', names: ['a', 'b', 'c'], count: 5 }]);
});

test('Items_MoreThanKept_DropsTheOldestWhichCanBeRecalled', () => {
  const many = Array.from({ length: maxItems + 20 }, (_, i) => message(i + 1));
  const talk = hear({ ...emptyTalk, earlier: 'none' }, many);
  expect(talk.items.length).toBe(maxItems);
  expect(beginning(talk)).toBe('e:21');
  expect(talk.earlier).toBe('perhaps');
});

test('Recalled_MoreThanKept_StaysWhileNewOnesCome', () => {
  const full = hear(emptyTalk, Array.from({ length: maxItems }, (_, i) => message(i + 100)));
  const page = [{ message: said(kodamaMessage('Yui', 'old', 99)), mine: false }];
  const talk = recall(full, page, false, true);
  expect(talk.earlier).toBe('gone');
  expect(beginning(talk)).toBe('e:99');
  expect(hear(talk, [message(2000)]).items.length).toBe(maxItems + 1);
});
