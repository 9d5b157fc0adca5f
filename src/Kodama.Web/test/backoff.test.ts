import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backoff, delayOf } from '../src/hub/backoff';
import { fakeBrowser, realBrowser } from './fakeBrowser';

beforeEach(() => fakeBrowser());
afterEach(realBrowser);

test('Delay_GrowingAttempts_DoublesUpToFifteenSeconds', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1000].map(attempt => delayOf(attempt, 1))).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('Delay_AnyRandom_StaysInTheUpperHalf', () => {
  for (const random of [0, 0.25, 0.999]) {
    expect(delayOf(3, random)).toBeGreaterThanOrEqual(2000);
    expect(delayOf(3, random)).toBeLessThanOrEqual(4000);
  }
});

test('Backoff_FailedTwice_ConnectsOnceForEachDelay', () => {
  const connect = vi.fn();
  const backoff = new Backoff(connect);
  backoff.failed();
  vi.advanceTimersByTime(499);
  expect(connect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(connect).toHaveBeenCalledTimes(1);
  backoff.failed();
  vi.advanceTimersByTime(999);
  expect(connect).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(connect).toHaveBeenCalledTimes(2);
});

test('Backoff_OpenedOnlyBriefly_KeepsGrowing', () => {
  const connect = vi.fn();
  const backoff = new Backoff(connect);
  for (const delay of [500, 1000, 2000]) {
    backoff.opened();
    backoff.failed();
    vi.advanceTimersByTime(delay - 1);
    const before = connect.mock.calls.length;
    vi.advanceTimersByTime(1);
    expect(connect.mock.calls.length).toBe(before + 1);
  }
});

test('Backoff_OpenedForLong_StartsAgainAtTheShortest', () => {
  const connect = vi.fn();
  const backoff = new Backoff(connect);
  backoff.failed();
  vi.advanceTimersByTime(500);
  backoff.opened();
  vi.advanceTimersByTime(5000);
  backoff.failed();
  vi.advanceTimersByTime(500);
  expect(connect).toHaveBeenCalledTimes(2);
});

test('Backoff_Hurried_ConnectsAtOnceAndNotAgain', () => {
  const connect = vi.fn();
  const backoff = new Backoff(connect);
  backoff.hurry();
  expect(connect).not.toHaveBeenCalled();
  backoff.failed();
  backoff.hurry();
  vi.advanceTimersByTime(60_000);
  expect(connect).toHaveBeenCalledTimes(1);
});
