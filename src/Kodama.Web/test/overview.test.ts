import { expect, test } from 'vitest';
import { arrange } from '../src/console/arrange';
import { emptyOverview, maxMessages, observe } from '../src/console/overview';
import { decodeEvent } from '../src/hub/wire';
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

test('Overview_PeerTakenOutOfItsLastRoom_IsNotListedUntilItJoinsAgain', () => {
  const a = peer('a', {}, []);
  const seen = observe(emptyOverview, [snapshot(), join(a), leave(a, 'lobby')]);
  expect(seen.peers.size).toBe(0);
  expect(observe(seen, [join(a, 'quiz')]).peers.get('a')!.rooms).toEqual(['quiz']);
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

const decoded = (...events: ReturnType<typeof stats>[]) => events.flatMap(event => (event.type === 'stats' ? [event.stats] : []));

test('Overview_Past_IsBeforeWhatWasSeenAndInTheSteadOfItsOwnTime', () => {
  const seen = observe(emptyOverview, [stats(100.1, { messagesIn: 40 }), stats(101.1, { messagesIn: 60 })]);
  const past = decoded(...[97, 98, 99, 100].map(second => stats(second, { messagesIn: (second - 97) * 10 })));
  const whole = observe(seen, [{ type: 'past', stats: past }]);
  // What lies 0.1 s behind another is no second of its own: a rate of it would be noise.
  expect(whole.readings.map(one => one.time / 1000)).toEqual([97, 98, 99, 100, 101.1]);
  expect(whole.readings.map(one => one.messagesIn)).toEqual([null, 10, 10, 10, expect.closeTo(30 / 1.1)]);
  expect(whole.stats!.time).toBe(101_100);
});

test('Overview_PastOfAnotherHub_LeavesWhatWasSeenOfTheOneBefore', () => {
  const seen = observe(emptyOverview, [stats(10, { messagesIn: 500 }), stats(11, { messagesIn: 510 })]);
  const whole = observe(seen, [{ type: 'past', stats: decoded(stats(13), stats(14, { messagesIn: 7 })) }]);
  expect(whole.readings.map(one => one.messagesIn)).toEqual([null, 10, null, 7]);
});

test('Overview_PastThatIsEmpty_ChangesNothing', () => {
  const seen = observe(emptyOverview, [stats(10), stats(11)]);
  expect(observe(seen, [{ type: 'past', stats: [] }]).readings).toEqual(seen.readings);
});

test('Overview_Refusals_AreThoseOfTheSnapshotAndWhatComes', () => {
  const refusal = (given: string) => ({ time: '2026-01-01T00:00:00.000Z', cause: 'host', given, address: '192.168.1.31', option: '' });
  const snapshotOf = (refusals?: unknown[]) => decodeEvent('snapshot', JSON.stringify({ rooms: [], peers: [], refusals }));
  let seen = observe(emptyOverview, [snapshotOf([refusal('a')])]);
  seen = observe(seen, Array.from({ length: 40 }, (_, i) => decodeEvent('refusal', JSON.stringify(refusal(String(i))))));
  expect(seen.refusals.length).toBe(32);
  expect(seen.refusals.at(-1)).toMatchObject({ cause: 'host', given: '39', address: '192.168.1.31' });
  expect(observe(seen, [snapshotOf()]).refusals).toEqual([]);
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
