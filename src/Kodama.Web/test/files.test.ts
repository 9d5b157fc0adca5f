import { expect, test } from 'vitest';
import { argsOf, bytesOf, fileName, fileOf, fileOfBytes, fileOfCut, imageType } from '../src/hub/files';
import { mostBytes } from '../src/join/attach';
import { said } from '../src/join/said';
import { emptyTalk, hear, maxFiles } from '../src/join/talk';
import { kodamaMessage } from './fakeClient';

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);

test('File_SaidAndHeard_IsTheSame', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
  const heard = fileOf(argsOf(fileOfBytes(bytes, '庭 photo.jpg', 'image/jpeg')));
  expect(heard).toMatchObject({ name: '庭 photo.jpg', type: 'image/jpeg', length: 100_000 });
  expect(bytesOf(heard!)).toEqual(bytes);
});

test.each([0, 1, 2, 3, 4])('File_Of%iBytes_HasItsLength', length => {
  expect(fileOf(argsOf(fileOfBytes(new Uint8Array(length))))!.length).toBe(length);
});

test.each([
  [undefined],
  [[]],
  [['a', 'b']],
  [['a', 'b', 'c']],
  [['a', 'b', null]],
  [['a', 'b', { $binary: 7 }]],
  [['a', 'b', { $binary: 'x' }]],
  [['a', 'b', { $binary: '<a>=' }]],
  [[1, 'b', { $binary: '' }]],
  [[{}, {}, {}]],
])('File_Of %j_IsNone', args => {
  expect(fileOf(args)).toBeUndefined();
});

test.each([
  ['photo.jpg', 'photo.jpg'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['C:\\con\\a:b?.txt', 'C__con_a_b_.txt'],
  ['.htaccess', 'htaccess'],
  ['gpj.\u202eexe.png', 'gpj._exe.png'],
  ['a\u0000b\n', 'a_b_'],
  [' .. ', ''],
  ['x'.repeat(200) + '.tar', 'x'.repeat(96) + '.tar'],
])('FileName %j_Is %j', (given, expected) => {
  expect(fileName(given)).toBe(expected);
});

test.each([
  [png, 'image/png'],
  [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'image/jpeg'],
  [new TextEncoder().encode('GIF89a......'), 'image/gif'],
  [new TextEncoder().encode('RIFF....WEBPVP8 '), 'image/webp'],
  [new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
  [new TextEncoder().encode('<!doctype html><script>'), undefined],
  [new Uint8Array(), undefined],
])('ImageType_ByItsFirstBytes %#', (bytes, expected) => {
  expect(imageType(fileOfBytes(bytes, 'picture.png', 'image/png'))).toBe(expected);
});

test('FileOfCut_KnowsNameAndLength', () => {
  const args = JSON.stringify(argsOf(fileOfBytes(new Uint8Array(3000), 'a "b".bin', 'x/y')));
  expect(fileOfCut(args.slice(0, 200), args.length)).toMatchObject({ name: 'a _b_.bin', type: 'x/y', data: '' });
  expect(fileOfCut(args.slice(0, 200), args.length)!.length).toBeGreaterThan(2990);
  expect(fileOfCut('["a', 100)).toBeUndefined();
  expect(fileOfCut('["a","b",[]]', 100)).toBeUndefined();
});

test('MostBytes_OfAFrame_FitIntoIt', () => {
  const file = fileOfBytes(new Uint8Array(mostBytes(65_536)), 'x'.repeat(100), 'application/octet-stream');
  expect(JSON.stringify(argsOf(file)).length).toBeLessThan(65_536 - 512);
});

test('Files_MoreThanAreHeld_OnlyTheOldestAreEmptied', () => {
  const file = { name: 'a', type: '', length: 1, data: 'A'.repeat(maxFiles / 2 - 4) };
  const message = (offset: number) => ({
    type: 'message' as const,
    mine: false,
    message: { ...said(kodamaMessage('Yui', '', offset)), payload: { kind: 'file' as const, file } },
  });
  const held = (count: number) =>
    hear(emptyTalk, Array.from({ length: count }, (_, i) => message(i + 1))).items.map(
      item => item.kind === 'message' && item.message.payload.kind === 'file' && item.message.payload.file.data !== '',
    );
  expect(held(2)).toEqual([true, true]);
  expect(held(4)).toEqual([false, false, true, true]);
});
