import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hideAdminToken, isAdminLink } from '../src/hub/admin';
import { FakeStorage } from './fakeBrowser';

beforeEach(() => vi.stubGlobal('sessionStorage', new FakeStorage()));
afterEach(() => vi.unstubAllGlobals());

function open(address: string): void {
  vi.stubGlobal('location', new URL(address));
  const replaceState = (_state: unknown, _title: string, to: string) => vi.stubGlobal('location', new URL(to, address));
  vi.stubGlobal('history', { state: null, replaceState });
}

test('AdminToken_InTheFragment_IsTakenOutAndKeptInTheTab', () => {
  open('http://hub/kodama?room=a+b#admin=x-Y_9');
  expect(isAdminLink()).toBe(true);
  hideAdminToken();
  expect(location.href).toBe('http://hub/kodama?room=a+b#console');
  expect(sessionStorage.getItem('kodama.admin')).toBe('x-Y_9');
  expect(isAdminLink()).toBe(false);
});

test('AdminToken_TabKeepsNothing_StaysInTheAddress', () => {
  open('http://hub/kodama#admin=x');
  vi.stubGlobal('sessionStorage', undefined);
  hideAdminToken();
  expect(location.href).toBe('http://hub/kodama#admin=x');
});

test.each(['', '#console', '#administrator'])('Fragment %j_IsNoAdminLink', hash => {
  open('http://hub/kodama' + hash);
  hideAdminToken();
  expect(location.href).toBe('http://hub/kodama' + hash);
  expect(sessionStorage.getItem('kodama.admin')).toBe(null);
});
