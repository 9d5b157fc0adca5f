import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventFeed, type FeedState } from '../src/hub/EventFeed';
import type { HubEvent } from '../src/hub/wire';
import { FakeEventSource, fakeBrowser, realBrowser } from './fakeBrowser';

beforeEach(() => fakeBrowser());
afterEach(realBrowser);

const empty = { room: null, rooms: [], peers: [] };

function start() {
  const batches: HubEvent[][] = [];
  const states: FeedState['kind'][] = [];
  const whole: FeedState[] = [];
  const feed = new EventFeed(
    () => 'http://hub/api/events',
    events => batches.push(events),
    state => {
      states.push(state.kind);
      whole.push(state);
    },
  );
  feed.start();
  return { feed, batches, states, whole };
}

test('Feed_ManyEventsAtOnce_HandsThemOnTogether', () => {
  const { batches } = start();
  FakeEventSource.last.emit('snapshot', empty);
  for (let i = 0; i < 100; i++) FakeEventSource.last.emit('message', { offset: i });
  expect(batches.length).toBe(1);
  vi.advanceTimersByTime(100);
  expect(batches[1]!.length).toBe(100);
});

test('Feed_EventAfterAPause_IsHandedOnAtOnce', () => {
  const { batches } = start();
  FakeEventSource.last.emit('snapshot', empty);
  vi.advanceTimersByTime(100);
  FakeEventSource.last.emit('message', {});
  expect(batches.length).toBe(2);
});

test('Feed_FailsAndTheHubIsGone_ReconnectsWithGrowingDelays', async () => {
  const { states } = start();
  for (const delay of [500, 1000, 2000]) {
    const before = FakeEventSource.all.length;
    FakeEventSource.last.fail();
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(FakeEventSource.all.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeEventSource.all.length).toBe(before + 1);
  }
  expect(states).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting', 'waiting', 'connecting']);
});

test('Feed_HubIsStopping_ReconnectsAlthoughItAnswered', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 503 })));
  start();
  FakeEventSource.last.fail();
  await vi.advanceTimersByTimeAsync(500);
  expect(FakeEventSource.all.length).toBe(2);
});

test('Feed_RequestIsWrong_SaysWhyAndStops', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"error":{"message":"no such room"}}', { status: 400 })));
  const { states } = start();
  FakeEventSource.last.fail();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)).toBe('failed');
  expect(FakeEventSource.all.length).toBe(1);
});

test.each([
  [401, '{"error":{"code":"AUTHENTICATION_FAILED","message":"Log in."}}', { kind: 'denied', message: 'Log in.' }],
  [403, '{"error":{"code":"AUTHENTICATION_FAILED","message":"Staff only."}}', { kind: 'denied', message: 'Staff only.' }],
  [401, '<html>a proxy</html>', { kind: 'denied', message: '' }],
  [403, '{"error":{"code":"HOST_NOT_ALLOWED","message":"Not by that name."}}', { kind: 'failed', message: 'Not by that name.' }],
])('Feed_Answered%iWith %s_Is %j', async (status, body, expected) => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));
  const { states, whole } = start();
  FakeEventSource.last.fail();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(whole.at(-1)).toEqual(expected);
  expect(states.length).toBe(3);
});

test('Feed_TickedAndFellSilent_Reconnects', async () => {
  start();
  FakeEventSource.last.emit('snapshot', empty);
  FakeEventSource.last.emit('stats', {});
  await vi.advanceTimersByTimeAsync(9_999);
  expect(FakeEventSource.all[0]!.closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(FakeEventSource.all[0]!.closed).toBe(true);
  expect(FakeEventSource.all.length).toBe(2);
});

test('Feed_MissedEvents_OpensAnewOnceForAWholeSnapshot', () => {
  start();
  FakeEventSource.last.emit('snapshot', empty);
  FakeEventSource.last.emit('missed', { count: 5 });
  FakeEventSource.last.emit('missed', { count: 5 });
  vi.advanceTimersByTime(3_000);
  expect(FakeEventSource.all.length).toBe(2);
  vi.advanceTimersByTime(3_000);
  expect(FakeEventSource.all.length).toBe(2);
});

test('Feed_StoppedWhileAskingWhy_SaysNothingMore', async () => {
  const { feed, states } = start();
  FakeEventSource.last.fail();
  feed.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states).toEqual(['connecting', 'waiting']);
  expect(FakeEventSource.all.length).toBe(1);
});
