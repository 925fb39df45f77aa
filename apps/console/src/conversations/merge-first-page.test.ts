import { expect, test } from '@jest/globals';
import { mergeFirstPage, placeRow } from './merge-first-page.ts';

const row = (contactId: number, minute: number) => ({
  contactId,
  lastMessage: { createdAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000Z` },
});
const ids = (rows: { contactId: number }[]) => rows.map(({ contactId }) => contactId);
const none: ReadonlySet<number> = new Set();

/** Contacts 1 to 6, of which 1 wrote last. */
const shown = [1, 2, 3, 4, 5, 6].map((contactId) => row(contactId, 20 - contactId));

test('who has written stands above, once, wherever they stood', () => {
  const { rows, replaced } = mergeFirstPage(shown, [row(5, 30), row(1, 19), row(2, 18)], {
    gone: none,
    isWhole: false,
  });
  expect(ids(rows)).toEqual([5, 1, 2, 3, 4, 6]);
  expect(replaced.size).toBe(0);
});

test('who stood on the first page and is not on it has moved down: their row is known, and not shown where it was', () => {
  const { rows, onPage, replaced } = mergeFirstPage(shown, [row(1, 19), row(3, 17)], { gone: none, isWhole: false });
  expect(ids(rows)).toEqual([1, 3, 4, 5, 6]);
  expect([...replaced.keys()]).toEqual([2]);
  expect([...onPage]).toEqual([1, 3]);
});

test('who has no messages any more is gone', () => {
  const { rows } = mergeFirstPage(shown, [row(1, 19), row(2, 18)], { gone: new Set([4]), isWhole: false });
  expect(ids(rows)).toEqual([1, 2, 3, 5, 6]);
  expect(ids(mergeFirstPage(shown, [row(3, 17)], { gone: none, isWhole: true }).rows)).toEqual([3]);
  expect(mergeFirstPage(shown, [], { gone: none, isWhole: true }).rows).toEqual([]);
});

test('a row that was read anew is placed by its time, and with equal times by its contact', () => {
  expect(ids(placeRow(shown, row(2, 16), { isWhole: false }))).toEqual([1, 3, 4, 2, 5, 6]);
  expect(ids(placeRow(shown, row(9, 16), { isWhole: false }))).toEqual([1, 2, 3, 9, 4, 5, 6]);
});

test('below the last row it is left out, unless there is nothing further down', () => {
  expect(ids(placeRow(shown, row(2, 1), { isWhole: false }))).toEqual([1, 3, 4, 5, 6]);
  expect(ids(placeRow(shown, row(2, 1), { isWhole: true }))).toEqual([1, 3, 4, 5, 6, 2]);
});
