import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError } from '../errors.ts';
import { decodeCursor, encodeCursor } from './pagination.ts';

const key = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 3 });

test('gives back the key it was made of', () => {
  fc.assert(
    fc.property(fc.string(), key, (scope, value) => {
      expect(decodeCursor(scope, encodeCursor(scope, value))).toEqual(value);
    }),
  );
});

test('refuses a cursor of another list', () => {
  expect(() => decodeCursor('messages:2', encodeCursor('messages:1', [7]))).toThrow(InvalidInputError);
});

test('refuses what is no cursor', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor('contacts', text)).toThrow(InvalidInputError);
    }),
  );
});

test('refuses a cursor that lacks any part or has one character changed', () => {
  const cursor = encodeCursor('contacts', ['2026-01-01T00:00:00.000000Z', 12]);
  for (let at = 0; at < cursor.length; at++) {
    const changed = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
    expect(() => decodeCursor('contacts', changed)).toThrow(InvalidInputError);
    expect(() => decodeCursor('contacts', cursor.slice(0, at))).toThrow(InvalidInputError);
  }
});
