import { expect, test } from 'vitest';
import { unfoldable } from '../src/ui/JsonTree';
import { withLinks } from '../src/ui/links';

const links = (text: string) => withLinks(text).flatMap(piece => (typeof piece === 'string' ? [] : [piece.href]));

test.each([
  ['http://hub', ['http://hub']],
  ['see HTTPS://Hub.local:8080/a?b=c&d#e.', ['HTTPS://Hub.local:8080/a?b=c&d#e']],
  ['(http://hub/a_(b)) and http://hub/c!', ['http://hub/a_(b)', 'http://hub/c']],
  ['https://hub/を見て', ['https://hub/']],
  ['<a href="http://hub/x">', ['http://hub/x']],
  ["'http://hub/y'", ['http://hub/y']],
  ['http://hub/\u202egnp.exe', ['http://hub/']],
  ['javascript:alert(1) data:text/html,x file:///etc/passwd ftp://hub', []],
  ['http://bank.example@evil.example/ https://a:b@evil.example', []],
  ['http://hub/@user', ['http://hub/@user']],
  ['http:// https://[', []],
  ['xhttp://hub', []],
])('Links_In %j_Are %j', (text, expected) => {
  expect(links(text)).toEqual(expected);
});

test.each(['', 'no link', 'http://a http://b.', ' http://a:b@c d', '('.repeat(1000) + 'http://a' + ')'.repeat(1000)])(
  'Links_Pieces_AreTheText',
  text => {
    expect(withLinks(text).map(piece => (typeof piece === 'string' ? piece : piece.text)).join('')).toBe(text);
  },
);

test.each([
  ['('.repeat(32_000) + ')'.repeat(32_000), 64_000],
  [')'.repeat(64_000), 0],
  ['.'.repeat(64_000) + '/', 64_001],
  ['.'.repeat(64_000), 0],
])('Links_LongAndHostile_AreFoundInOneGo', (path, kept) => {
  expect(links('http://a/' + path)[0]!.length).toBe('http://a/'.length + kept);
});

test.each([
  ['{"a":1}', { a: 1 }],
  [' [1,2]', [1, 2]],
  ['{"a":1', undefined],
  ['12', undefined],
  ['"text"', undefined],
  ['', undefined],
])('Unfoldable %j_Is %j', (text, expected) => {
  expect(unfoldable(text)).toEqual(expected);
});
