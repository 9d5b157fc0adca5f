import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { admin, adminHeaders, giveAdminToken, giveUpAdmin, heardOfAdmin, isAdminLink, startAdmin } from '../src/hub/admin';
import { FakeStorage } from './fakeBrowser';

let hashChanged: () => void;

beforeEach(() => {
  vi.stubGlobal('sessionStorage', new FakeStorage());
  vi.stubGlobal('localStorage', new FakeStorage());
  vi.stubGlobal('addEventListener', (_: string, listener: () => void) => (hashChanged = listener));
});
afterEach(() => {
  giveUpAdmin();
  vi.unstubAllGlobals();
});

function open(address: string): void {
  vi.stubGlobal('location', new URL(address));
  const replaceState = (_state: unknown, _title: string, to: string) => vi.stubGlobal('location', new URL(to, address));
  vi.stubGlobal('history', { state: null, replaceState });
}

const kept = () => sessionStorage.getItem('kodama.admin');

test('AdminToken_InTheFragment_IsTakenOutAndKeptInTheTab', () => {
  open('http://hub/kodama?room=a+b#admin=x-Y_9');
  expect(isAdminLink()).toBe(true);
  startAdmin();
  expect(location.href).toBe('http://hub/kodama?room=a+b#console');
  expect(kept()).toBe('x-Y_9');
  expect(localStorage.getItem('kodama.admin')).toBe(null);
  expect(isAdminLink()).toBe(false);
  expect(admin.value).toEqual({ token: 'x-Y_9', state: 'asking' });
  expect(adminHeaders()).toEqual({ authorization: 'Bearer x-Y_9' });
});

test('AdminToken_TabKeepsNothing_IsThePagesOwnAndNotInTheAddress', () => {
  open('http://hub/kodama#admin=x');
  vi.stubGlobal('sessionStorage', undefined);
  startAdmin();
  expect(location.href).toBe('http://hub/kodama#console');
  expect(admin.value.token).toBe('x');
});

test('AdminLink_OpenedInATabThatHasThePage_IsTakenToo', () => {
  open('http://hub/kodama#join');
  startAdmin();
  expect(admin.value.state).toBe('none');
  open('http://hub/kodama#admin=x-Y_9');
  hashChanged();
  expect(location.href).toBe('http://hub/kodama#console');
  expect(admin.value.token).toBe('x-Y_9');
});

test('AdminToken_AfterAReload_IsTheTabs', () => {
  sessionStorage.setItem('kodama.admin', 'x-Y_9');
  open('http://hub/kodama#console');
  startAdmin();
  expect(admin.value).toEqual({ token: 'x-Y_9', state: 'asking' });
});

test.each(['', '#console', '#administrator'])('Fragment %j_IsNoAdminLink', hash => {
  open('http://hub/kodama' + hash);
  startAdmin();
  expect(location.href).toBe('http://hub/kodama' + hash);
  expect(kept()).toBe(null);
});

test('AdminToken_ThatTheHubDoesNotTake_IsForgotten', () => {
  giveAdminToken('of-an-earlier-start');
  heardOfAdmin('of-an-earlier-start', false);
  expect(admin.value).toEqual({ token: '', state: 'refused' });
  expect(kept()).toBe(null);
});

test('AdminToken_ThatTheHubTakes_IsGrantedUntilItIsGivenUp', () => {
  giveAdminToken('good');
  heardOfAdmin('good', true);
  expect(admin.value.state).toBe('granted');
  giveUpAdmin();
  expect(admin.value).toEqual({ token: '', state: 'none' });
  expect(kept()).toBe(null);
  expect(adminHeaders()).toEqual({});
});

test('Answer_OfWhatWasAskedBeforeTheTokenChanged_IsNotOfThisOne', () => {
  giveAdminToken('new');
  heardOfAdmin('old', false);
  heardOfAdmin('', false);
  expect(admin.value).toEqual({ token: 'new', state: 'asking' });
});

test.each(['', 'mit Abstand', 'トークン'])('Token %j_ThatNoHeaderTakes_IsRefusedAtOnce', typed => {
  giveAdminToken(typed);
  expect(admin.value).toEqual({ token: '', state: 'refused' });
  expect(kept()).toBe(null);
});
