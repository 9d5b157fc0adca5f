import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { announce, closeRoom, disconnect, readState, removeKey, say, setKey } from '../src/hub/actions';
import { admin, giveAdminToken, giveUpAdmin, heardOfAdmin } from '../src/hub/admin';
import type { RoomKey } from '../src/hub/wire';
import { FakeStorage } from './fakeBrowser';

let asked: { url: string; method: string; headers: Record<string, string>; body: unknown }[];
let answer: () => Promise<Response>;

beforeEach(() => {
  asked = [];
  answer = () => Promise.resolve(new Response(null, { status: 204 }));
  vi.stubGlobal('sessionStorage', new FakeStorage());
  vi.stubGlobal('document', { baseURI: 'http://hub/app/kodama' });
  vi.stubGlobal('fetch', (url: string, { method, headers, body }: RequestInit) => {
    // As a browser reads an address: a dot is a folder.
    asked.push({ url: new URL(url).href, method: method!, headers: headers as Record<string, string>, body });
    return answer();
  });
  giveAdminToken('the-admin-token');
  heardOfAdmin('the-admin-token', true);
});
afterEach(() => {
  giveUpAdmin();
  vi.unstubAllGlobals();
});

const payload = { kind: 'text', text: 'x', cut: false, length: 1 } as const;
const key = (name: string): RoomKey => ({ key: name, position: 'e1:4', time: 0, payload });
const json = (status: number, body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body), { status }));

test('Actions_All_BringTheTokenInTheirHeaderAndNotInTheAddress', async () => {
  answer = json(200, {});
  await announce('hello');
  await say('a/b', 'hello');
  await disconnect('x y', 'not in here');
  await closeRoom('tea');
  await readState('tea');
  await setKey('tea', 'a key', 'green', undefined);
  await removeKey('tea', key('topic'));
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST http://hub/app/api/admin/messages',
    'POST http://hub/app/api/admin/rooms/a%2Fb/messages',
    'DELETE http://hub/app/api/admin/peers/x%20y?reason=not+in+here',
    'DELETE http://hub/app/api/admin/rooms/tea',
    'GET http://hub/app/api/admin/rooms/tea/state',
    'PUT http://hub/app/api/admin/rooms/tea/state/a%20key',
    'DELETE http://hub/app/api/admin/rooms/tea/state/topic',
  ]);
  for (const { headers } of asked) expect(headers.authorization).toBe('Bearer the-admin-token');
});

test('Key_ThatIsSetOrRemoved_IsTheOneThatWasSeen', async () => {
  await setKey('tea', 'topic', 'green', undefined);
  await setKey('tea', 'topic', 'green', key('topic'));
  await removeKey('tea', key('topic'));
  expect(asked.map(({ headers }) => [headers['if-none-match'], headers['if-match']])).toEqual([
    ['*', undefined],
    [undefined, '"e1:4"'],
    [undefined, '"e1:4"'],
  ]);
});

test.each(['', '.', '..'])('Key %j_WhosePathWouldBeTheRoomItself_IsNotAskedFor', async name => {
  expect(await removeKey('tea', key(name))).toEqual({ ok: false, code: 'INVALID_KEY', message: '' });
  expect(await setKey('tea', name, 'x', undefined)).toMatchObject({ ok: false, code: 'INVALID_KEY' });
  expect(asked).toEqual([]);
});

test.each(['.', '..'])('Room %j_WhosePathWouldBeAnother_IsNotAskedFor', async name => {
  expect(await closeRoom(name)).toMatchObject({ ok: false, code: 'NO_SUCH_ROOM' });
  expect(await say(name, 'hello')).toMatchObject({ ok: false, code: 'NO_SUCH_ROOM' });
  expect(await setKey(name, 'key', 'x', undefined)).toMatchObject({ ok: false, code: 'NO_SUCH_ROOM' });
  expect(asked).toEqual([]);
});

test('Answer_IsRead', async () => {
  answer = json(202, { receivers: 3 });
  expect(await announce('hello')).toEqual({ ok: true, value: 3 });
  answer = json(200, { room: 'tea', peers: 2 });
  expect(await closeRoom('tea')).toEqual({ ok: true, value: 2 });
  answer = json(200, { state: [{ key: 'topic', position: 'e1:4', time: '2026-01-01T00:00:00.000Z', text: 'green' }] });
  expect(await readState('tea')).toMatchObject({ ok: true, value: [{ key: 'topic', position: 'e1:4', payload: { text: 'green' } }] });
});

test('Refusal_IsTold', async () => {
  answer = json(404, { error: { code: 'NO_SUCH_PEER', message: 'There is no such peer, or it has gone.' } });
  expect(await disconnect('x', '')).toEqual({ ok: false, code: 'NO_SUCH_PEER', message: 'There is no such peer, or it has gone.' });
  answer = () => Promise.reject(new TypeError('unreachable'));
  expect(await disconnect('x', '')).toEqual({ ok: false, code: '', message: '' });
  expect(admin.value.state).toBe('granted');
});

test.each(['ADMIN_TOKEN_WRONG', 'NO_ADMIN'])('Refusal_%s_EndsTheTokensUse', async code => {
  answer = json(403, { error: { code, message: '' } });
  expect(await closeRoom('tea')).toMatchObject({ ok: false, code });
  expect(admin.value).toEqual({ token: '', state: 'refused' });
});
