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
