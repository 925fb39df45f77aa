import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { InvalidInputError } from './errors.ts';

const anyKey = z.array(z.union([z.string(), z.number()]));

const key = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 3 });

test('gives back the key it was made of', () => {
  fc.assert(
    fc.property(fc.string(), key, (scope, value) => {
      expect(decodeCursor(scope, encodeCursor(scope, value), anyKey)).toEqual(value);
    }),
  );
});

test('refuses a cursor of another list', () => {
  expect(() => decodeCursor('messages:2', encodeCursor('messages:1', [7]), anyKey)).toThrow(InvalidInputError);
});

test('refuses what is no cursor', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor('contacts', text, anyKey)).toThrow(InvalidInputError);
    }),
  );
});

test('refuses a cursor that lacks any part or has one character changed', () => {
  const cursor = encodeCursor('contacts', ['2026-01-01T00:00:00.000000Z', 12]);
  for (let at = 0; at < cursor.length; at++) {
    const changed = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
    expect(() => decodeCursor('contacts', changed, anyKey)).toThrow(InvalidInputError);
    expect(() => decodeCursor('contacts', cursor.slice(0, at), anyKey)).toThrow(InvalidInputError);
  }
});

test('refuses a key that no page has, though its digest is right', () => {
  const idKey = z.tuple([z.int()]);
  expect(decodeCursor('contacts', encodeCursor('contacts', [7]), idKey)).toEqual([7]);
  for (const forged of [[], ['7'], [7, 8], [1.5]]) {
    expect(() => decodeCursor('contacts', encodeCursor('contacts', forged), idKey)).toThrow(InvalidInputError);
  }
});
