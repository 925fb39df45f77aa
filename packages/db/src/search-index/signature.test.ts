import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bitsOfTerm, eachBit, SIGNATURE_BITS } from './signature.ts';
import { createSignatures, createSlices } from './slices.ts';

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
  const signatures = createSignatures();
  signatures.add(7, 'hello');
  signatures.add(4_000, 'hello');
  signatures.addEvery(8_191);
  const slices = createSlices();
  for (let column = 0; column < SIGNATURE_BITS / 8; column++) {
    for (const [n, slice] of signatures.slicesOf(column).entries()) slices.set(8 * column + n, slice);
  }
  for (const position of [7, 4_000]) {
    expect(['hello', 'hell', 'help'].map((text) => slices.hold(position, text))).toEqual([true, true, false]);
  }
  for (const position of [6, 8, 3_999, 8_190]) expect(slices.hold(position, 'hello')).toBe(false);
  expect([slices.holdEvery(8_191), slices.holdEvery(7)]).toEqual([true, false]);
});
