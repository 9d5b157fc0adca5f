import { expect, test } from 'vitest';
import { connecting, discard, emptyTalk, expire, maxItems, receive, sendAgain, sent, write, type Talk } from '../src/join/talk';
import { join, leave, message, peer, room, snapshot } from './events';

const seated = (): Talk =>
  receive(connecting(emptyTalk, 'n1'), [snapshot([], [room('lobby')]), join(peer('me', { name: 'Mio', tab: 'n1' }))]);
const texts = (talk: Talk) => talk.outgoing.map(one => `${one.state}: ${one.text}`);

test('OwnPeer_JoinCarriesTheNonce_IsRecognisedAndNotAnnounced', () => {
  const talk = seated();
  expect(talk.me).toBe('me');
  expect(talk.items).toEqual([]);
});

test('OwnPeer_AnotherCopiesTheNonceLater_StaysTheFirst', () => {
  const talk = receive(seated(), [join(peer('impostor', { tab: 'n1' })), message('impostor', 'hi')]);
  expect(talk.me).toBe('me');
  expect(talk.items.at(-1)).toMatchObject({ kind: 'message', mine: false });
});

test('OwnPeer_InSnapshotOfAReconnectedStream_IsRecognised', () => {
  const talk = receive(connecting(emptyTalk, 'n1'), [snapshot([peer('other', { tab: 'n0' }), peer('me', { tab: 'n1' })])]);
  expect(talk.me).toBe('me');
});

test('OwnMessage_ComesBack_ConfirmsTheFirstOfThatText', () => {
  const talk = receive(sent(write(write(seated(), 'a'), 'a'), 5), [message('me', 'a')]);
  expect(texts(talk)).toEqual(['sent: a']);
  expect(talk.items).toMatchObject([{ kind: 'message', mine: true }]);
});

test('OwnMessage_OvertookAnEarlierOne_LeavesThatUnconfirmed', () => {
  const talk = receive(sent(write(write(seated(), 'dropped by a filter'), 'b'), 5), [message('me', 'b')]);
  expect(texts(talk)).toEqual(['unconfirmed: dropped by a filter']);
});

test('OwnMessage_ReplacedByAFilter_ConfirmsTheOldest', () => {
  const talk = receive(sent(write(seated(), 'darn'), 5), [message('me', '****')]);
  expect(texts(talk)).toEqual([]);
});

test('OwnMessage_CutByTheHub_ConfirmsByItsBeginning', () => {
  const talk = receive(sent(write(write(seated(), 'x'), 'long text that goes on'), 5), [
    message('me', 'long text', 1, { cut: true, length: 22 }),
  ]);
  expect(texts(talk)).toEqual(['unconfirmed: x']);
});

test('SameText_FromAnother_ConfirmsNothing', () => {
  expect(texts(receive(sent(write(seated(), 'a'), 5), [message('other', 'a')]))).toEqual(['sent: a']);
});

test('OwnMessage_WhileAnotherIsQueued_LeavesTheQueuedAlone', () => {
  const talk = receive(write(sent(write(seated(), 'a'), 5), 'a'), [message('me', 'a')]);
  expect(texts(talk)).toEqual(['queued: a']);
});

test('OwnLeave_WithTextsOnTheirWay_LeavesThemUnconfirmed', () => {
  const talk = receive(write(sent(write(seated(), 'a'), 5), 'b'), [leave(peer('me'))]);
  expect(talk.me).toBe('');
  expect(texts(talk)).toEqual(['unconfirmed: a', 'queued: b']);
});

test('Unconfirmed_SentAgain_IsQueuedLast', () => {
  const lost = expire(sent(write(seated(), 'a'), 5), 5);
  const talk = sendAgain(write(lost, 'b'), lost.outgoing[0]!.key);
  expect(texts(talk)).toEqual(['queued: b', 'queued: a']);
  expect(texts(discard(talk, talk.outgoing[0]!.key))).toEqual(['queued: a']);
});

test('Expire_BeforeTheDeadline_ChangesNothing', () => {
  const talk = sent(write(seated(), 'a'), 100);
  expect(expire(talk, 99)).toBe(talk);
});

test('Presence_ManyInARow_MakesOneLine', () => {
  const talk = receive(
    seated(),
    ['a', 'b', 'c', 'd', 'e'].map(id => join(peer(id, { name: id }))),
  );
  expect(talk.items).toMatchObject([{ kind: 'presence', way: 'join', names: ['a', 'b', 'c'], count: 5 }]);
  expect(talk.peers.size).toBe(6);
});

test('Items_MoreThanKept_DropsTheOldest', () => {
  const many = Array.from({ length: maxItems + 20 }, (_, i) => message('other', String(i), i + 1));
  const talk = receive(seated(), many);
  expect(talk.items.length).toBe(maxItems);
  expect(talk.items[0]).toMatchObject({ message: { offset: 21 } });
});

test('Snapshot_AfterAReconnectInWhichSomethingWasSaid_ShowsAGap', () => {
  const talk = receive(seated(), [message('other', 'a', 7)]);
  expect(receive(talk, [snapshot([], [room('lobby', 7)])]).items.length).toBe(1);
  expect(receive(talk, [snapshot([], [room('lobby', 9)])]).items.at(-1)).toMatchObject({ kind: 'gap' });
});
