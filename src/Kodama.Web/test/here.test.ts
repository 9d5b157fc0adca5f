import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeStorage } from './fakeBrowser';

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('localStorage', new FakeStorage());
  vi.stubGlobal('sessionStorage', new FakeStorage());
});
afterEach(() => vi.unstubAllGlobals());

/** The module as a page at this address loads it. */
function open(address: string) {
  vi.stubGlobal('location', new URL(address));
  return import('../src/hub/here');
}

test.each([
  ['?name=New', 'Old', 'New'],
  ['?name=', 'Old', 'Old'],
  ['', 'Old', 'Old'],
  ['', '', ''],
])('Name_LinkSays %j DeviceSays %j_Is %j', async (query, remembered, expected) => {
  localStorage.setItem('kodama.name', remembered);
  expect((await open('http://hub/' + query)).ownName.value).toBe(expected);
});

test('Name_ChosenOnThePage_WinsOverTheLinkAndIsRemembered', async () => {
  const { ownName, setOwnName } = await open('http://hub/?name=New');
  setOwnName('Mio');
  expect(ownName.value).toBe('Mio');
  expect(localStorage.getItem('kodama.name')).toBe('Mio');
});

function fakeHistory(): void {
  const replaceState = (_state: unknown, _title: string, address: string) => vi.stubGlobal('location', new URL(address));
  vi.stubGlobal('history', { state: null, replaceState });
}

test('Token_InTheAddress_IsTakenOutAndKeptOverAReload', async () => {
  const here = await open('http://hub/app/?room=a+b&token=s%26cret&name=Mio#console');
  fakeHistory();
  here.hideToken();
  expect(location.href).toBe('http://hub/app/?room=a+b&name=Mio#console');
  expect(here.token.value).toBe('s&cret');
  vi.resetModules();
  expect((await open(location.href)).token.value).toBe('s&cret');
});

test('Token_TabKeepsNothing_StaysInTheAddress', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  const here = await open('http://hub/?token=secret');
  fakeHistory();
  here.hideToken();
  expect(location.href).toBe('http://hub/?token=secret');
  expect(here.token.value).toBe('secret');
});

test('Token_InTheLink_WinsOverTheTabs', async () => {
  sessionStorage.setItem('kodama.token', 'old');
  const here = await open('http://hub/?token=new');
  fakeHistory();
  here.hideToken();
  expect(sessionStorage.getItem('kodama.token')).toBe('new');
});

test.each([
  ['http://hub/kodama?room=a#console', 'kodama'],
  ['http://hub/app/kodama', 'kodama'],
  ['http://hub/', ''],
  ['http://hub/kodama/', ''],
])('Page_OpenedAt %s_IsCalled %j', async (address, name) => {
  expect((await open(address)).pageName()).toBe(name);
});
