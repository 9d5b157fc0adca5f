import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventFeed, type FeedState } from '../src/hub/EventFeed';
import type { HubEvent } from '../src/hub/wire';
import { FakeStream, fakeBrowser, realBrowser } from './fakeBrowser';

beforeEach(() => {
  FakeStream.all = [];
  FakeStream.answer = undefined;
  fakeBrowser((url, request) => FakeStream.open(String(url), request!));
});
afterEach(realBrowser);

const empty = { room: null, rooms: [], peers: [] };
/** Until what was written is read, or was refused, without the clock moving. */
const settled = () => vi.advanceTimersByTimeAsync(0);

async function start() {
  const batches: HubEvent[][] = [];
  const states: FeedState['kind'][] = [];
  const whole: FeedState[] = [];
  const feed = new EventFeed(
    () => ({ url: 'http://hub/api/events', headers: { authorization: 'Bearer x' } }),
    events => batches.push(events),
    state => {
      states.push(state.kind);
      whole.push(state);
    },
  );
  feed.start();
  await settled();
  return { feed, batches, states, whole };
}

test('Feed_Opened_BringsTheHeadersOfWhoLooks', async () => {
  await start();
  expect(FakeStream.last.url).toBe('http://hub/api/events');
  expect(FakeStream.last.headers).toEqual({ accept: 'text/event-stream', authorization: 'Bearer x' });
});

test('Feed_ManyEventsAtOnce_HandsThemOnTogether', async () => {
  const { batches } = await start();
  FakeStream.last.emit('snapshot', empty);
  for (let i = 0; i < 100; i++) FakeStream.last.emit('message', { offset: i });
  await settled();
  expect(batches.length).toBe(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(batches[1]!.length).toBe(100);
});

test('Feed_EventAfterAPause_IsHandedOnAtOnce', async () => {
  const { batches } = await start();
  FakeStream.last.emit('snapshot', empty);
  await vi.advanceTimersByTimeAsync(100);
  FakeStream.last.emit('message', {});
  await settled();
  expect(batches.length).toBe(2);
});

test('Feed_UnknownEventsAndComments_AreNothing', async () => {
  const { batches, states } = await start();
  FakeStream.last.emit('snapshot', empty);
  FakeStream.last.emit('toString', {});
  FakeStream.last.write(':\n\nid: 5\n\n');
  await vi.advanceTimersByTimeAsync(200);
  expect(batches.length).toBe(1);
  expect(states).toEqual(['connecting', 'live']);
});

test('Feed_FailsAndTheHubIsGone_ReconnectsWithGrowingDelays', async () => {
  const { states } = await start();
  for (const delay of [500, 1000, 2000]) {
    const before = FakeStream.all.length;
    FakeStream.last.fail();
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(FakeStream.all.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeStream.all.length).toBe(before + 1);
  }
  expect(states).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting', 'waiting', 'connecting']);
});

test.each([
  ['is stopping', () => Promise.resolve(new Response('{}', { status: 503 }))],
  ['cannot be reached', () => Promise.reject(new TypeError('unreachable'))],
])('Feed_Hub %s_Reconnects', async (_, answer) => {
  FakeStream.answer = answer;
  const { states } = await start();
  await vi.advanceTimersByTimeAsync(500);
  expect(FakeStream.all.length).toBe(2);
  expect(states.slice(0, 3)).toEqual(['connecting', 'waiting', 'connecting']);
});

test('Feed_RequestIsWrong_SaysWhyAndStops', async () => {
  FakeStream.answer = () => Promise.resolve(new Response('{"error":{"message":"no such room"}}', { status: 400 }));
  const { states } = await start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)).toBe('failed');
  expect(FakeStream.all.length).toBe(1);
});

test.each([
  [401, '{"error":{"code":"AUTHENTICATION_FAILED","message":"Log in."}}', { kind: 'denied', message: 'Log in.' }],
  [403, '{"error":{"code":"AUTHENTICATION_FAILED","message":"Staff only."}}', { kind: 'denied', message: 'Staff only.' }],
  [401, '<html>a proxy</html>', { kind: 'denied', message: '' }],
  [403, '{"error":{"code":"HOST_NOT_ALLOWED","message":"Not by that name."}}', { kind: 'failed', message: 'Not by that name.' }],
])('Feed_Answered%iWith %s_Is %j', async (status, body, expected) => {
  FakeStream.answer = () => Promise.resolve(new Response(body, { status }));
  const { states, whole } = await start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(whole.at(-1)).toEqual(expected);
  expect(states.length).toBe(2);
});

test('Feed_TickedAndFellSilent_Reconnects', async () => {
  await start();
  FakeStream.last.emit('snapshot', empty);
  FakeStream.last.emit('stats', {});
  await vi.advanceTimersByTimeAsync(9_999);
  expect(FakeStream.all[0]!.closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(FakeStream.all[0]!.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(FakeStream.all.length).toBe(2);
});

test('Feed_HubThatTakesTheRequestAndSaysNothing_IsGivenUp', async () => {
  FakeStream.answer = () => new Promise<Response>(() => {});
  const { states } = await start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(states).toEqual(['connecting', 'waiting']);
  expect(FakeStream.all[0]!.closed).toBe(true);
});

test('Feed_MissedEvents_OpensAnewOnceForAWholeSnapshot', async () => {
  await start();
  FakeStream.last.emit('snapshot', empty);
  FakeStream.last.emit('missed', { count: 5 });
  FakeStream.last.emit('missed', { count: 5 });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(FakeStream.all.length).toBe(2);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(FakeStream.all.length).toBe(2);
});

test('Feed_Stopped_SaysNothingMore', async () => {
  const { feed, states, batches } = await start();
  FakeStream.last.emit('snapshot', empty);
  await settled();
  feed.stop();
  FakeStream.all[0]!.emit('message', {});
  FakeStream.all[0]!.fail();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states).toEqual(['connecting', 'live']);
  expect(batches.length).toBe(1);
  expect(FakeStream.all.length).toBe(1);
});
