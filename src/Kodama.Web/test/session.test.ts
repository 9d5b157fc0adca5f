import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Urls } from '../src/hub/urls';
import { Session, type Unsent } from '../src/join/Session';
import { peer } from './events';
import { fakeBrowser, realBrowser } from './fakeBrowser';
import { FakeHub, kodamaMessage, member, settled } from './fakeClient';

let peers: unknown[];
let answers: (path: string) => Response;

beforeEach(() => {
  FakeHub.all = [];
  peers = [];
  answers = path => (path.endsWith('/api/hub') ? new Response('{}') : new Response(JSON.stringify({ peers })));
  fakeBrowser(url => Promise.resolve(answers(String(url).split('?')[0]!)));
  vi.stubGlobal('document', { visibilityState: 'visible' });
});
afterEach(realBrowser);

function start(unsent: Unsent[] = []): Session {
  const session = new Session('Mio', 'lobby', () => new Urls('http://hub.local:8080/', 'lobby', 's3'), unsent, FakeHub.open);
  session.start();
  return session;
}

async function online(unsent: Unsent[] = []): Promise<Session> {
  const session = start(unsent);
  await FakeHub.last.admit();
  await vi.advanceTimersByTimeAsync(0);
  return session;
}

const cut = () => FakeHub.last.tell('reconnecting', { code: 'UNREACHABLE', text: '' });
const said = () => FakeHub.last.room.said.map(one => one.text);
const outgoing = (session: Session) => session.talk.value.outgoing.map(one => `${one.state}: ${one.text}`);
const texts = (session: Session) =>
  session.talk.value.items.map(item => {
    const payload = item.kind === 'message' && item.message.payload;
    return payload && payload.kind === 'text' ? payload.text : item.kind;
  });

test('Session_Start_JoinsWithTheLastMessagesAndPresence', async () => {
  const session = start();
  expect(session.status.value.kind).toBe('connecting');
  expect(FakeHub.last.url).toBe('http://hub.local:8080/ws');
  expect(FakeHub.last.options.details).toEqual({ name: 'Mio' });
  expect(FakeHub.last.options.token()).toBe('s3');
  expect(FakeHub.last.roomOptions).toEqual({ last: 50, presence: true });
  await FakeHub.last.admit();
  expect(session.status.value.kind).toBe('online');
});

test('Session_WrittenWhileAway_IsGivenToTheClientOnceBack', async () => {
  const session = await online();
  cut();
  expect(session.status.value.kind).toBe('waiting');
  session.send('while away');
  expect(said()).toEqual([]);
  expect(outgoing(session)).toEqual(['queued: while away']);
  FakeHub.last.tell('connected');
  await settled();
  expect(said()).toEqual(['while away']);
  expect(outgoing(session)).toEqual(['sent: while away']);
});

test('Session_UnderWayWhenTheConnectionBreaks_IsLeftToTheClient', async () => {
  const session = await online();
  session.send('a');
  cut();
  FakeHub.last.tell('connected');
  await settled();
  expect(said()).toEqual(['a']);
  FakeHub.last.room.said[0]!.acknowledge('e:4');
  await settled();
  expect(outgoing(session)).toEqual([]);
  expect(texts(session)).toEqual(['a']);
});

test('Session_AcknowledgedBehindWhatWasSaidAfterIt_StandsInTheOrderOfTheRoom', async () => {
  const session = await online();
  session.send('mine');
  FakeHub.last.room.hear(kodamaMessage('Yui', 'before', 3), kodamaMessage('Yui', 'after', 5));
  FakeHub.last.room.said[0]!.acknowledge('e:4');
  await settled();
  await vi.advanceTimersByTimeAsync(100);
  expect(texts(session)).toEqual(['before', 'mine', 'after']);
});

test('Session_RoomThatEchoes_ShowsItOnceInTheRoomsWords', async () => {
  const session = await online();
  session.send('darn');
  FakeHub.last.room.said[0]!.acknowledge('e:4');
  await settled();
  FakeHub.last.room.hear(kodamaMessage('me', '****', 4, true));
  await vi.advanceTimersByTimeAsync(100);
  expect(texts(session)).toEqual(['****']);
});

test.each([
  ['MESSAGE_REFUSED', 'refused'],
  ['OUTCOME_UNKNOWN', 'unconfirmed'],
  ['CLOSED', 'unconfirmed'],
])('Session_PublishFailsWith %s_Is %s', async (code, state) => {
  const session = await online();
  session.send('a');
  FakeHub.last.room.said[0]!.refuse(code, 'why');
  await settled();
  expect(outgoing(session)).toEqual([`${state}: a`]);
});

test('Session_AfterAReload_SendsWhatNeverWentOutAndLooksForTheRest', async () => {
  const session = await online([{ text: 'arrived', since: 'e:7' }, { text: 'lost', since: 'e:7' }, { text: 'queued' }]);
  const [page] = FakeHub.last.room.pages;
  expect(page!.asked).toEqual({ after: 'e:7', limit: 1000 });
  expect(said()).toEqual([]);
  page!.answer({ messages: [kodamaMessage('other', 'lost', 8), kodamaMessage('me', 'arrived', 9, true)] });
  await settled();
  expect(outgoing(session)).toEqual(['unconfirmed: lost', 'sent: queued']);
  expect(said()).toEqual(['queued']);
});

test('Session_ScrolledUp_ShowsPagesUntilThereIsNoMore', async () => {
  const session = await online();
  FakeHub.last.room.hear(...Array.from({ length: 49 }, (_, i) => kodamaMessage('Yui', 'later', i + 4)));
  await vi.advanceTimersByTimeAsync(100);
  void session.recall();
  expect(FakeHub.last.room.pages).toEqual([]);
  FakeHub.last.room.hear(kodamaMessage('Yui', 'third', 3));
  await vi.advanceTimersByTimeAsync(100);
  void session.recall();
  void session.recall();
  expect(FakeHub.last.room.pages.map(page => page.asked)).toEqual([{ before: 'e:3', limit: 50 }]);
  FakeHub.last.room.pages[0]!.answer({ messages: [kodamaMessage('Yui', 'second', 2)], more: true });
  await settled();
  expect(session.talk.value.earlier).toBe('perhaps');
  void session.recall();
  FakeHub.last.room.pages[1]!.answer({ messages: [kodamaMessage('Yui', 'first', 1)] });
  await settled();
  expect(texts(session).slice(0, 4)).toEqual(['first', 'second', 'third', 'later']);
  expect(session.talk.value.earlier).toBe('none');
  void session.recall();
  expect(FakeHub.last.room.pages.length).toBe(2);
});

test('Session_Gap_IsToldInItsPlace', async () => {
  const session = await online();
  FakeHub.last.room.hear(kodamaMessage('Yui', 'a', 1));
  FakeHub.last.room.tell('gap', { type: 'gap', room: 'lobby', from: 'e:1', to: 'e:5', missed: undefined });
  FakeHub.last.room.hear(kodamaMessage('Yui', 'b', 6));
  await vi.advanceTimersByTimeAsync(100);
  expect(texts(session)).toEqual(['a', 'gap', 'b']);
});

test('Session_MembersAndOthers_AreHereOnce', async () => {
  peers = [
    { ...peer('peer', { name: 'Mio' }), door: 'kodama.v1' },
    { ...peer('p2', { name: 'Yui', team: 'A' }), door: 'kodama.v1' },
    peer('raw', { name: 'sensor', kind: 'thermometer' }),
  ];
  const session = await online();
  FakeHub.last.room.members = new Map([
    ['me', member('me', 'Mio', true)],
    ['s2', member('s2', 'Yui')],
    ['s3', member('s3', 'Yui')],
  ]);
  FakeHub.last.room.tell('presence', { action: 'enter', member: member('s3', 'Yui') });
  expect(session.people.value.map(({ name, me, details }) => [name, me, ...details.flat()])).toEqual([
    ['Mio', true],
    ['sensor', false, 'kind', 'thermometer'],
    ['Yui', false, 'team', 'A'],
    ['Yui', false],
  ]);
});

test('Session_ClientWithoutPresenceComes_IsSeenWithinSecondsAndAnnounced', async () => {
  const session = await online();
  peers = [peer('raw', { name: 'sensor' })];
  await vi.advanceTimersByTimeAsync(5_000);
  expect(session.people.value.map(one => one.name)).toEqual(['Mio', 'sensor']);
  await vi.advanceTimersByTimeAsync(100);
  expect(session.talk.value.items).toMatchObject([{ kind: 'presence', way: 'join', names: ['sensor'] }]);
});

test('Session_MessageOfAnUnknownClient_AsksForTheOthersSooner', async () => {
  const session = await online();
  await vi.advanceTimersByTimeAsync(1_000);
  peers = [peer('raw', { username: 'Ren' })];
  FakeHub.last.room.hear(kodamaMessage('raw', 'hello', 1));
  await vi.advanceTimersByTimeAsync(0);
  expect(session.people.value.map(one => one.name)).toEqual(['Mio', 'Ren']);
});

test.each([
  [{ code: 'REFUSED', text: 'full', closeCode: 3000 }, { kind: 'ended', why: 'refused', reason: 'full' }],
  [{ code: 'DISCONNECTED', text: 'out', closeCode: 4001 }, { kind: 'ended', why: 'ended', reason: 'out' }],
  [{ code: 'TAKEN_OVER', text: '', closeCode: 4002 }, { kind: 'ended', why: 'elsewhere', reason: '' }],
  [{ code: 'AUTHENTICATION_FAILED', text: 'wrong' }, { kind: 'denied', message: 'wrong' }],
])('Session_EndedWith %j_Is %j', async (cause, expected) => {
  const session = await online();
  FakeHub.last.tell('closed', cause);
  expect(session.status.value).toEqual(expected);
  expect(FakeHub.last.closed).toBe(true);
});

test('Session_RoomRefused_EndsWithItsReason', () => {
  const session = start();
  FakeHub.last.tell('connected');
  FakeHub.last.room.tell('left', { code: 'NOT_ALLOWED', text: 'Staff only.' } as never);
  expect(session.status.value).toEqual({ kind: 'ended', why: 'closed', reason: 'Staff only.' });
});

test('Session_StartedAgain_GoesOnWhereItWas', async () => {
  const session = await online();
  FakeHub.last.room.position = 'e:9';
  FakeHub.last.tell('closed', { code: 'DISCONNECTED', text: 'out', closeCode: 4001 });
  session.start();
  expect(FakeHub.last.roomOptions).toEqual({ after: 'e:9', presence: true });
});

test('Session_HandshakesFailAlthoughTheHubAnswers_SaysSo', async () => {
  const session = start();
  for (let attempt = 1; attempt <= 6; attempt++) {
    expect(session.status.value.kind).not.toBe('ended');
    FakeHub.last.tell('connecting', { code: 'UNREACHABLE', text: '' });
    await settled();
  }
  expect(session.status.value).toEqual({ kind: 'ended', why: 'blocked', reason: '' });
});

test('Session_HandshakesFailAndTheHubIsAway_KeepsTrying', async () => {
  answers = () => new Response('', { status: 502 });
  const session = start();
  for (let attempt = 1; attempt <= 20; attempt++) {
    FakeHub.last.tell('connecting', { code: 'UNREACHABLE', text: '' });
    await settled();
  }
  expect(session.status.value.kind).toBe('waiting');
});

test('Session_ProxyWantsALogin_IsDenied', async () => {
  answers = () => new Response('<html>log in</html>', { status: 401 });
  const session = start();
  for (let attempt = 1; attempt <= 5; attempt++) FakeHub.last.tell('connecting', { code: 'UNREACHABLE', text: '' });
  await settled();
  expect(session.status.value).toEqual({ kind: 'denied', message: '' });
});

test('Session_Stopped_HearsAndAsksNothingMore', async () => {
  const session = await online();
  session.stop();
  FakeHub.last.room.hear(kodamaMessage('Yui', 'late', 1));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(session.talk.value.items).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

const file = (size: number, name = 'notes.bin') => new File([new Uint8Array(size)], name, { type: 'x/y' });

test('Session_File_IsSaidAsAnEventAndShowsItsProgress', async () => {
  const socket = { bufferedAmount: 0, addEventListener: () => undefined };
  vi.stubGlobal('WebSocket', function () {
    return socket;
  });
  const session = await online();
  new FakeHub.last.options.WebSocket('ws://hub', 'kodama.v1');
  await session.sendFile(file(3000));
  expect(FakeHub.last.room.said[0]!.text).toEqual({ event: 'file', args: ['notes.bin', 'x/y', { $binary: 'A'.repeat(4000) }] });
  socket.bufferedAmount = 1000;
  await vi.advanceTimersByTimeAsync(100);
  expect(session.talk.value.outgoing[0]!.progress).toBe(0.75);
  FakeHub.last.room.said[0]!.acknowledge('e:1');
  await settled();
  expect(session.talk.value.outgoing).toEqual([]);
  expect(session.talk.value.items).toMatchObject([{ message: { payload: { kind: 'file', file: { length: 3000 } } } }]);
  session.stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(0);
});

test('Session_FileBeyondTheHubsBound_IsRefusedWithIt', async () => {
  let hello = (_: { data: string }) => {};
  const socket = { bufferedAmount: 0, addEventListener: (_: string, heard: typeof hello) => (hello = heard) };
  vi.stubGlobal('WebSocket', function () {
    return socket;
  });
  const session = await online();
  new FakeHub.last.options.WebSocket('ws://hub', 'kodama.v1');
  hello({ data: '{"type":"hello","limits":{"frame":65536}}' });
  await session.sendFile(file(60_000));
  expect(session.talk.value.outgoing).toMatchObject([{ state: 'refused', most: 47_616 }]);
  expect(said()).toEqual([]);
});

test('Session_ManyFiles_GoOneAfterTheOtherWithTheTextsBetweenInOrder', async () => {
  const session = await online();
  await session.sendFile(file(3, 'first'));
  await session.sendFile(file(3, 'second'));
  session.send('between');
  await session.sendFile(file(3, 'third'));
  const names = () => said().map(one => (typeof one === 'string' ? one : (one as { args: unknown[] }).args[0]));
  expect(names()).toEqual(['first']);
  FakeHub.last.room.said[0]!.acknowledge('e:1');
  await settled();
  expect(names()).toEqual(['first', 'second']);
  FakeHub.last.room.said[1]!.refuse('MESSAGE_REFUSED');
  await settled();
  expect(names()).toEqual(['first', 'second', 'between', 'third']);
});
