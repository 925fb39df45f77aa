import { expect, test } from '@jest/globals';
import { shiftOf } from './kept-rows.ts';

test('rows that came above have moved the visible ones down', () => {
  expect(shiftOf([3, 4, 5], 2, [8, 9, 1, 2, 3, 4, 5])).toBe(2);
});

test('rows that went above have moved them up', () => {
  expect(shiftOf([3, 4, 5], 2, [3, 4, 5])).toBe(-2);
});

test('a visible row that has moved by itself does not take the others along', () => {
  expect(shiftOf([3, 4, 5, 6], 2, [3, 1, 2, 4, 5, 6])).toBe(0);
  expect(shiftOf([3, 4, 5], 2, [1, 2, 4, 5])).toBe(-1);
});

test('where none of them is left nothing is kept', () => {
  expect(shiftOf([3, 4], 2, [1, 2])).toBe(0);
});
