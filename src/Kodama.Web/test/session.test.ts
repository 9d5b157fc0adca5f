import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Urls } from '../src/hub/urls';
import { Session } from '../src/join/Session';
import { FakeEventSource, FakeWebSocket, fakeBrowser, realBrowser } from './fakeBrowser';
import { peer } from './events';

beforeEach(() => fakeBrowser());
afterEach(realBrowser);

const emptyRoom = { room: null, rooms: [], peers: [] };

function start(): Session {
  const session = new Session('Mio', 'lobby', () => new Urls('http://hub.local:8080/', 'lobby'));
  session.start();
  return session;
}

/** The hub lets the socket in: open, then the join on the stream. */
function admit(id = 'me'): void {
  const socket = FakeWebSocket.last;
  socket.open();
  FakeEventSource.last.emit('join', { room: 'lobby', peer: peer(id, socket.details), time: '' });
  vi.advanceTimersByTime(100);
}

function online(): Session {
  const session = start();
  FakeEventSource.last.emit('snapshot', emptyRoom);
  admit();
  return session;
}

test('Session_StreamNotYetLive_OpensNoSocket', () => {
  start();
  expect(FakeEventSource.last.url).toBe('http://hub.local:8080/api/events?room=lobby');
  expect(FakeWebSocket.all).toEqual([]);
});

test('Session_Admitted_IsOnline', () => {
  expect(online().status.value.kind).toBe('online');
  expect(FakeWebSocket.last.url).toMatch(/^ws:\/\/hub\.local:8080\/ws\?name=Mio&tab=[0-9a-f]{24}$/);
});

test('Session_JoinSeenBeforeTheSocketSaysOpen_IsOnline', () => {
  const session = start();
  FakeEventSource.last.emit('snapshot', emptyRoom);
  FakeEventSource.last.emit('join', { room: 'lobby', peer: peer('me', FakeWebSocket.last.details), time: '' });
  vi.advanceTimersByTime(100);
  expect(session.status.value.kind).toBe('connecting');
  FakeWebSocket.last.open();
  expect(session.status.value.kind).toBe('online');
});

test('Session_WrittenWhileAway_GoesOutOnceBackAndOnlyOnce', () => {
  const session = online();
  session.send('before');
  FakeWebSocket.last.end(1006);
  expect(session.status.value.kind).toBe('waiting');
  session.send('while away');
  vi.advanceTimersByTime(500);
  expect(FakeWebSocket.all.length).toBe(2);
  expect(FakeWebSocket.last.sent).toEqual([]);
  admit('me2');
  expect(FakeWebSocket.last.sent).toEqual(['while away']);
  expect(session.talk.value.outgoing.map(one => [one.text, one.state])).toEqual([
    ['before', 'unconfirmed'],
    ['while away', 'sent'],
  ]);
});

test('Session_EveryConnection_HasANonceOfItsOwn', () => {
  online();
  FakeWebSocket.last.end(1006);
  vi.advanceTimersByTime(500);
  const [first, second] = FakeWebSocket.all;
  expect(first!.details.tab).not.toBe(second!.details.tab);
});

test.each([1000, 1008, 3000, 4001])('Session_ClosedWith%i_EndsWithTheReasonAndStays', code => {
  const session = online();
  FakeWebSocket.last.end(code, 'because');
  expect(session.status.value).toEqual({ kind: 'ended', code, reason: 'because' });
  expect(FakeEventSource.last.closed).toBe(true);
  vi.advanceTimersByTime(120_000);
  expect(FakeWebSocket.all.length).toBe(1);
});

test.each([1001, 1006, 1009, 1011, 4000, 4002])('Session_ClosedWith%i_ComesBack', code => {
  const session = online();
  FakeWebSocket.last.end(code);
  vi.advanceTimersByTime(500);
  admit('me2');
  expect(session.status.value.kind).toBe('online');
});

test('Session_HandshakesRefusedUnderALiveStream_SaysSoInsteadOfRetryingForEver', () => {
  const session = start();
  FakeEventSource.last.emit('snapshot', emptyRoom);
  for (let attempt = 1; attempt <= 5; attempt++) {
    expect(session.status.value.kind).not.toBe('refused');
    FakeWebSocket.last.end(1006);
    vi.advanceTimersByTime(9_000);
  }
  expect(session.status.value.kind).toBe('refused');
  vi.advanceTimersByTime(120_000);
  expect(FakeWebSocket.all.length).toBe(5);
  session.start();
  FakeEventSource.last.emit('snapshot', emptyRoom);
  admit();
  expect(session.status.value.kind).toBe('online');
});

test('Session_HandshakesFailWhileTheStreamComesAndGoes_KeepsTrying', async () => {
  const session = start();
  for (let attempt = 1; attempt <= 10; attempt++) {
    FakeEventSource.last.emit('snapshot', emptyRoom);
    FakeWebSocket.last.end(1006);
    FakeEventSource.last.fail();
    await vi.advanceTimersByTimeAsync(15_000);
  }
  expect(session.status.value.kind).toBe('waiting');
});

test('Session_StreamLost_HoldsTextsUntilTheRoomIsInSightAgain', async () => {
  const session = online();
  FakeEventSource.last.fail();
  session.send('held');
  expect(FakeWebSocket.last.sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  FakeEventSource.last.emit('snapshot', { ...emptyRoom, peers: [peer('me', FakeWebSocket.last.details)] });
  expect(FakeWebSocket.all.length).toBe(1);
  expect(FakeWebSocket.last.sent).toEqual(['held']);
});

test('Session_BackInSightButLostFromTheRoom_JoinsAnew', async () => {
  const session = online();
  FakeEventSource.last.fail();
  await vi.advanceTimersByTimeAsync(500);
  FakeEventSource.last.emit('snapshot', emptyRoom);
  expect(session.status.value.kind).toBe('waiting');
  vi.advanceTimersByTime(500);
  expect(FakeWebSocket.all.length).toBe(2);
  admit('me2');
  expect(session.status.value.kind).toBe('online');
});

test('Session_LeaveSeenBeforeTheCloseThatEndsIt_StaysEnded', () => {
  const session = online();
  FakeEventSource.last.emit('leave', { room: 'lobby', peer: peer('me'), time: '', reason: { code: 4001, text: 'out' } });
  vi.advanceTimersByTime(100);
  FakeWebSocket.last.end(4001, 'out');
  vi.advanceTimersByTime(120_000);
  expect(session.status.value).toEqual({ kind: 'ended', code: 4001, reason: 'out' });
  expect(FakeWebSocket.all.length).toBe(1);
});

test('Session_NotConfirmedInTime_LeavesItToThePerson', () => {
  const session = online();
  session.send('a');
  vi.advanceTimersByTime(7_000);
  expect(session.talk.value.outgoing[0]!.state).toBe('sent');
  vi.advanceTimersByTime(2_000);
  expect(session.talk.value.outgoing[0]!.state).toBe('unconfirmed');
});

test('Session_StreamDenied_AsksForATokenAndClosesTheSocket', async () => {
  const answer = new Response('{"error":{"code":"AUTHENTICATION_FAILED","message":"The token is wrong.","statusCode":401}}', {
    status: 401,
  });
  vi.stubGlobal('fetch', () => Promise.resolve(answer));
  const session = start();
  FakeEventSource.last.fail();
  await vi.advanceTimersByTimeAsync(0);
  expect(session.status.value).toEqual({ kind: 'denied', message: 'The token is wrong.' });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(FakeEventSource.all.length).toBe(1);
});

test('Session_Stopped_NeverComesBack', async () => {
  const session = online();
  session.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(FakeWebSocket.all.length).toBe(1);
  expect(FakeEventSource.all.length).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
