import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from './fold-text.ts';
import { SEPARATOR } from './ngrams.ts';
import { eachSignatureBit, SIGNATURE_BITS, signatureBitsOf, toSignature } from './signature.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map(foldText);

/** The bits of a signature, the first bit first. */
function bitsIn(signature: string): Set<number> {
  const digits = [...signature.slice(1)].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'));
  return new Set([...digits.join('')].flatMap((bit, at) => (bit === '1' ? [at] : [])));
}

test('a text has every bit of each term that it contains', () => {
  fc.assert(
    fc.property(text, text, text, (before, term, after) => {
      const bits = bitsIn(toSignature(`${SEPARATOR}${before}${term}${after}${SEPARATOR}`));
      expect(signatureBitsOf(term).filter((bit) => !bits.has(bit))).toEqual([]);
    }),
  );
});

test('no bit reaches across two messages', () => {
  expect(bitsIn(toSignature(`abc${SEPARATOR}def`))).toEqual(new Set());
  expect(bitsIn(toSignature(`abcd${SEPARATOR}efgh`))).toEqual(
    new Set([...signatureBitsOf('abcd'), ...signatureBitsOf('efgh')]),
  );
});

test.each([
  ['', 0],
  ['abc', 0],
  ['👍', 0],
  ['abcd', 1],
  ['👍👍', 1],
  ['aaaaaaaa', 1],
  ['it looks absolute to', 17],
  ['abcdefghijklmnopqrstuvwxyz'.repeat(8), 26],
])('%s has %i bits', (term, count) => {
  expect(signatureBitsOf(term)).toHaveLength(count);
});

test('of a long term some bits are enough', () => {
  const term = Array.from({ length: 200 }, (_, i) => String.fromCodePoint(0x4e00 + 7 * i)).join('');
  expect(signatureBitsOf(term)).toHaveLength(32);
});

test('bits are spread evenly', () => {
  const counts = new Array<number>(SIGNATURE_BITS).fill(0);
  const words = Array.from({ length: 40_000 }, (_, i) => (i * 2_654_435_761).toString(36).slice(0, 7));
  eachSignatureBit(words.join(SEPARATOR), (bit) => {
    counts[bit] = (counts[bit] ?? 0) + 1;
  });
  const mean = counts.reduce((sum, count) => sum + count) / SIGNATURE_BITS;
  expect(Math.min(...counts)).toBeGreaterThan(mean / 3);
  expect(Math.max(...counts)).toBeLessThan(mean * 3);
});
