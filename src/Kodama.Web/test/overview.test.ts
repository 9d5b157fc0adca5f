import { expect, test } from 'vitest';
import { arrange } from '../src/console/arrange';
import { emptyOverview, maxMessages, observe } from '../src/console/overview';
import { join, leave, message, peer, room, snapshot, stats } from './events';

test('Overview_JoinsAndLeaves_KeepsRoomsAndPeersInStep', () => {
  const a = peer('a', {}, []);
  const b = peer('b', {}, []);
  let seen = observe(emptyOverview, [snapshot(), join(a), join(b), join(a, 'quiz')]);
  expect([...seen.rooms.values()].map(one => [one.name, one.peers])).toEqual([
    ['lobby', 2],
    ['quiz', 1],
  ]);
  expect(seen.peers.get('a')!.rooms).toEqual(['lobby', 'quiz']);

  seen = observe(seen, [leave(a, 'quiz')]);
  expect(seen.rooms.has('quiz')).toBe(false);
  expect(seen.peers.get('a')!.rooms).toEqual(['lobby']);

  seen = observe(seen, [leave(a, 'lobby', { code: 1001, text: '' })]);
  expect(seen.peers.has('a')).toBe(false);
  expect(seen.rooms.get('lobby')!.peers).toBe(1);
});

test('Overview_PeerEndsInSeveralRooms_IsGoneAfterTheLast', () => {
  const a = peer('a', {}, []);
  const end = { code: 1006, text: '' };
  const seen = observe(emptyOverview, [snapshot(), join(a), join(a, 'quiz'), leave(a, 'lobby', end), leave(a, 'quiz', end)]);
  expect(seen.peers.size).toBe(0);
  expect(seen.rooms.size).toBe(0);
});

test('Overview_SnapshotAfterAReconnect_ReplacesWhatWasKnown', () => {
  const seen = observe(emptyOverview, [join(peer('a')), snapshot([peer('b')], [room('quiz')])]);
  expect([...seen.peers.keys()]).toEqual(['b']);
  expect([...seen.rooms.keys()]).toEqual(['quiz']);
});

test('Overview_Messages_CountsThemAndKeepsTheLast', () => {
  const many = Array.from({ length: maxMessages + 5 }, (_, i) => message('a', String(i), i + 1));
  const seen = observe(emptyOverview, [snapshot([peer('a')], [room('lobby')]), ...many]);
  expect(seen.lines.length).toBe(maxMessages);
  expect(seen.rooms.get('lobby')!.offset).toBe(maxMessages + 5);
  expect(seen.peers.get('a')!.messagesIn).toBe(maxMessages + 5);
});

test('Overview_Stats_AreRatesPerSecond', () => {
  const seen = observe(emptyOverview, [
    stats(10, { messagesIn: 100, messagesOut: 0, peers: 2 }),
    stats(12, { messagesIn: 140, messagesOut: 60, peers: 3 }),
  ]);
  expect(seen.readings).toEqual([
    { time: 10_000, peers: 2, messagesIn: null, messagesOut: null },
    { time: 12_000, peers: 3, messagesIn: 20, messagesOut: 30 },
  ]);
});

test.each([
  ['a hole in time', stats(30, { messagesIn: 100 })],
  ['a restarted hub', stats(11, { messagesIn: 0 })],
  ['the same instant', stats(10, { messagesIn: 50 })],
])('Overview_StatsAfter %s_HaveNoRate', (_, next) => {
  expect(observe(emptyOverview, [stats(10, { messagesIn: 50 }), next]).readings.at(-1)!.messagesIn).toBeNull();
});

test('Overview_StatsAfterAHole_BreakTheLineOfPeersToo', () => {
  const seen = observe(emptyOverview, [stats(10, { peers: 2 }), stats(60, { peers: 3 })]);
  expect(seen.readings.map(one => one.peers)).toEqual([2, null, 3]);
});

test('Overview_LongRun_KeepsFiveMinutes', () => {
  const seen = observe(
    emptyOverview,
    Array.from({ length: 1000 }, (_, i) => stats(i)),
  );
  expect(seen.readings.length).toBe(300);
});

test('Arrange_RoomTextAndOrder_Apply', () => {
  const { peers } = observe(emptyOverview, [
    snapshot([
      peer('1', { name: 'Yui', team: 'A' }),
      peer('2', { name: 'Ren', team: 'B' }),
      peer('3', { name: 'Amara', team: 'A' }, ['quiz']),
    ]),
  ]);
  const names = (room: string, text: string, descending = false) =>
    arrange(peers.values(), room, text, { column: 'name', descending }).map(one => one.details.name);
  expect(names('', '')).toEqual(['Amara', 'Ren', 'Yui']);
  expect(names('', '', true)).toEqual(['Yui', 'Ren', 'Amara']);
  expect(names('lobby', 'team')).toEqual(['Ren', 'Yui']);
  expect(names('quiz', 'TEAM')).toEqual(['Amara']);
  expect(names('', 'b')).toEqual(['Amara', 'Ren', 'Yui']);
});
