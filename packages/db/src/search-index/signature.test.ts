import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bitsOfTerm, eachBit, SIGNATURE_BITS } from './signature.ts';
import { createSlices } from './slices.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });

function bitsOf(folded: string): Set<number> {
  const bits = new Set<number>();
  eachBit(folded, (bit) => bits.add(bit));
  return bits;
}

test('a text has all bits of every term that it contains', () => {
  fc.assert(
    fc.property(text, text, text, (before, term, after) => {
      const bits = bitsOf(`before\u0300${before}${term}${after}\u0300after`);
      for (const bit of bitsOfTerm(term)) expect(bits.has(bit)).toBe(true);
    }),
  );
});

test('bits are numbers of a signature', () => {
  fc.assert(
    fc.property(text, (value) => {
      for (const bit of bitsOf(value)) expect(bit >= 0 && bit < SIGNATURE_BITS).toBe(true);
    }),
  );
});

test('no piece reaches across two texts', () => {
  const apart = bitsOf('ab\u0300cd');
  const together = bitsOf('abcd');
  expect([...together].filter((bit) => !apart.has(bit)).length).toBeGreaterThan(0);
  expect([...apart].every((bit) => together.has(bit))).toBe(true);
});

test('slices hold what was added, for its segment alone', () => {
  const slices = createSlices();
  slices.add(7, 'hello');
  slices.addEvery(8_191);
  expect([slices.hold(7, 'hello'), slices.hold(7, 'hell'), slices.hold(7, 'help'), slices.hold(6, 'hello')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([slices.holdEvery(8_191), slices.holdEvery(7)]).toEqual([true, false]);
});
