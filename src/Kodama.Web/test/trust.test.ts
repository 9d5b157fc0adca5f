import { expect, test, vi } from 'vitest';
import { trustPage } from '../src/hub/trust';

const both = { addresses: ['https://192.168.1.20:8080', 'http://203.0.113.5:8080'] };
const answering = (status: number) => vi.fn<typeof fetch>(() => Promise.resolve(new Response('{}', { status })));

test('On plain http, of a hub with an authority of its own, the way to https is offered', async () => {
  expect(await trustPage(both, false, answering(200))).toBe('/trust');
});

test('A hub whose https is not its own has no such page', async () => {
  expect(await trustPage(both, false, answering(404))).toBe('');
  expect(await trustPage(both, false, () => Promise.reject(new TypeError('gone')))).toBe('');
});

test.each([
  ['the page is secure', both, true],
  ['the hub has no https', { addresses: ['http://192.168.1.20:8080'] }, false],
  ['it tells no address', { addresses: [] }, false],
])('Nobody is asked where %s', async (_, hub, isSecure) => {
  const ask = answering(200);
  expect(await trustPage(hub, isSecure, ask)).toBe('');
  expect(ask).not.toHaveBeenCalled();
});
