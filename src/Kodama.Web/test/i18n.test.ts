import { expect, test } from 'vitest';
import { duration, rate, size } from '../src/i18n/format';
import { choose, languages } from '../src/i18n/language';

const say = (text: unknown) => (typeof text === 'function' ? String((text as (...values: unknown[]) => string)(2, 3)) : String(text));

test('Languages_EveryText_IsThereAndTranslated', () => {
  const keys = Object.keys(languages.en) as (keyof typeof languages.en)[];
  expect(Object.keys(languages.ja)).toEqual(keys);
  for (const key of keys) {
    expect(say(languages.en[key]).trim(), key).not.toBe('');
    expect(say(languages.ja[key]), key).not.toBe(say(languages.en[key]));
    expect(languages.ja[key].length, `parameters of ${key}`).toBe(
      typeof languages.en[key] === 'function' ? languages.en[key].length : languages.ja[key].length,
    );
  }
});

test.each([
  ['', ['ja-JP', 'en'], 'ja'],
  ['', ['fr', 'EN-gb'], 'en'],
  ['', ['fr'], 'en'],
  ['en', ['ja'], 'en'],
  ['xx', ['ja'], 'ja'],
  ['__proto__', [], 'en'],
])('Choose_Remembered %j, preferred %j_Is %s', (remembered, preferred, expected) => {
  expect(choose(remembered, preferred)).toBe(expected);
});

test('Format_Numbers_ReadAsPeopleWriteThem', () => {
  expect([5, 1200, 3_400_000].map(size)).toEqual(['5 B', '1.2 KB', '3.4 MB']);
  expect([45_000, 200_000, 18_120_000, 187_200_000].map(duration)).toEqual(['45s', '3m 20s', '5h 02m', '2d 4h']);
  expect([null, 0, 0.25, 9.96, 1234.5].map(value => rate(value, 'en'))).toEqual(['–', '0', '0.3', '10', '1,235']);
});

test('Room_CountOfItsEntries_IsNotCalledMessages', () => {
  expect(languages.en.roomOffset(4)).toBe('4 entries');
  expect(languages.ja.roomOffset(4)).toBe('記録4件');
});
