import { expect, test } from 'vitest';
import { bases } from '../src/hub/bases';
import { snippets } from '../src/console/snippetTexts';
import { hueOf, nameOf, shownDetails } from '../src/hub/names';
import { roomName, Urls } from '../src/hub/urls';
import { decodeEvent, decodeHub, eventTypes } from '../src/hub/wire';

test.each([
  ['http://hub:8080/', 'ws://hub:8080/ws'],
  ['http://hub:8080', 'ws://hub:8080/ws'],
  ['https://hub/app/kodama/', 'wss://hub/app/kodama/ws'],
  ['https://hub/app', 'wss://hub/app/ws'],
])('Urls_Base %s_StaysUnderIt', (base, expected) => {
  expect(new Urls(base, 'lobby').socket('lobby')).toBe(expected);
});

test('Urls_RoomNameOfAnyCharacters_IsOneSegment', () => {
  const url = new URL(new Urls('http://hub/', 'lobby').socket("工房/a?b#c%' d", { name: 'ゆい & co' }));
  expect(url.pathname.split('/').length).toBe(3);
  expect(decodeURIComponent(url.pathname.slice(4))).toBe("工房/a?b#c%' d");
  expect(url.searchParams.get('name')).toBe('ゆい & co');
});

test.each([
  ['quiz', 'kodama', 'http://hub/app/kodama?room=quiz'],
  ['lobby', 'kodama', 'http://hub/app/kodama'],
  ['lobby', '', 'http://hub/app/'],
])('Urls_PageOfRoom %s_Called %j_IsALinkToIt', (room, name, link) => {
  expect(new Urls('http://hub/app', 'lobby').page(room, name)).toBe(link);
});

test('Urls_WithToken_PutsItIntoEveryQuery', () => {
  const urls = new Urls('http://hub/', 'lobby', 's&cret');
  for (const url of [urls.socket('quiz'), urls.api('events', { room: 'quiz' }), urls.messages('quiz'), urls.page('quiz')]) {
    expect(new URL(url).searchParams.get('token')).toBe('s&cret');
  }
});

test.each([
  ['  quiz \n', 'quiz'],
  ['工房', '工房'],
  ['', null],
  [' \t', null],
  ['.', null],
  ['..', null],
  ['a/b', 'a/b'],
  ['🌲'.repeat(127), '🌲'.repeat(127)],
  ['🌲'.repeat(128), null],
  ['x'.repeat(255), 'x'.repeat(255)],
  ['x'.repeat(256), null],
  ['half a tree \ud83c', null],
])('RoomName_Typed %j_Is %j', (typed, expected) => {
  expect(roomName(typed)).toBe(expected);
});

test('Name_HostileCharacters_AreTakenOut', () => {
  const of = (name: string) => nameOf({ id: 'abcdef', details: { name } });
  expect(of('a\u202eb\u0000c\n')).toBe('abc');
  expect(of('\u200f \u0007')).toBe('#abcd');
  expect([...of('🌲'.repeat(100))].length).toBe(40);
});

test('Hue_SamePersonOnAnotherConnection_IsTheSame', () => {
  const hue = (id: string, name: string) => hueOf(nameOf({ id, details: { name } }));
  expect(hue('first', 'ゆい')).toBe(hue('second', 'ゆい'));
  expect(hue('first', 'ゆい')).not.toBe(hue('first', 'Ken'));
  expect(hue('first', '')).not.toBe(hue('second', ''));
});

test('Details_Name_IsShownByItself', () => {
  expect(shownDetails({ name: 'Yui', team: 'A' })).toEqual([['team', 'A']]);
});

test.each(eventTypes)('Decode %s_AnyJson_DoesNotThrow', type => {
  for (const json of [
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    '{"peer":7,"rooms":{},"from":null,"text":3,"binary":null,"args":"x","__proto__":{"a":1}}',
  ]) {
    expect(decodeEvent(type, json).type).toBe(type);
  }
});

test('Decode_TextBeyondTheBound_IsCut', () => {
  const event = decodeEvent('message', JSON.stringify({ text: 'x'.repeat(100_000) }));
  expect(event).toMatchObject({ message: { payload: { kind: 'text', cut: true, text: 'x'.repeat(16_384) } } });
});

test('Decode_TextAsLongAsTheHubCarries_IsWhole', () => {
  const event = decodeEvent('message', JSON.stringify({ text: 'x'.repeat(16_384) }));
  expect(event).toMatchObject({ message: { payload: { kind: 'text', cut: false, text: 'x'.repeat(16_384) } } });
});

test('DecodeHub_AddressThatIsNoWebAddress_IsLeftOut', () => {
  const hub = decodeHub({ addresses: ['javascript:alert(1)', 'http://hub:8080', 7] });
  expect(bases(hub)).toEqual(['http://hub:8080']);
});

test('DecodeHub_NotAdvertised_HasNoNameToFindItBy', () => {
  expect(decodeHub({ name: 'Lounge' }).advertisedAs).toBe('');
  expect(decodeHub({ name: 'Lounge', advertisedAs: 'Lounge (2)' }).advertisedAs).toBe('Lounge (2)');
});

test('Snippets_EachKind_NamesThisHubAndNoToken', () => {
  for (const { code } of snippets('http://192.168.1.20:8080', 'lobby', false)) {
    expect(code).toContain('192.168.1.20:8080');
    expect(code).not.toContain('token');
  }
  for (const { code } of snippets('https://hub/app', 'lobby', true)) expect(code).toContain('YOUR_TOKEN');
});
