import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText, foldWithOffsets } from './fold-with-offsets.ts';

test.each([
  ['José', 'jose'],
  ['Jose\u0301', 'jose'],
  ['ÉCOLE Ñandú', 'ecole nandu'],
  ['Łukasz Øystein Đorđe', 'lukasz oystein dorde'],
  ['ΟΔΟΣ ὁδός', 'οδοσ οδοσ'],
  ['Ёлка Й', 'елка и'],
  ['İstanbul ırmak', 'istanbul irmak'],
  ['Straße ẞ', 'straße ß'],
  ['日本語 がぎ 각', '日本語 がぎ 각'],
  ['%_\\ 👍🏽', '%_\\ 👍🏽'],
])('folds %s to %s', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(foldText(foldText(text))).toBe(foldText(text));
    }),
  );
});

test('folds piece by piece to the same text, with offsets that lie in the original', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { folded, starts, ends } = foldWithOffsets(text);
      expect(folded).toBe(foldText(text));
      expect([starts.length, ends.length]).toEqual([folded.length, folded.length]);
      expect(ends.every((end, at) => end > (starts[at] ?? end) && end <= text.length)).toBe(true);
    }),
  );
});
