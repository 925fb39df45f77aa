import { expect, test } from '@jest/globals';
import { excerpt, highlight, highlightDigits } from './snippet.ts';

const marked = ({ snippet, ranges }: { snippet: string; ranges: [number, number][] }) =>
  ranges.map(([start, end]) => snippet.slice(start, end));

test('marks every occurrence as it was written', () => {
  expect(marked(highlight('José, jose\u0301 and JOSE', 'jose'))).toEqual(['José', 'jose\u0301', 'JOSE']);
});

test('counts in UTF-16 units behind characters outside the basic plane', () => {
  expect(highlight('👍🏽 ok', 'ok').ranges).toEqual([[5, 7]]);
});

test('keeps a short text whole', () => {
  expect(excerpt('see order 12', 'order')).toEqual({ snippet: 'see order 12', ranges: [[4, 9]] });
});

test('cuts a long text around the first match, between characters', () => {
  const text = `${'😀'.repeat(300)} needle ${'😀'.repeat(300)} needle`;
  const cut = excerpt(text, 'needle');
  expect(cut.snippet.length).toBeLessThanOrEqual(200);
  expect(cut.snippet.isWellFormed()).toBe(true);
  expect(marked(cut)).toEqual(['needle']);
});

test('shows a match whole even where it is longer than a snippet', () => {
  const term = 'x'.repeat(250);
  expect(marked(excerpt(`${'a'.repeat(500)}${term}${'a'.repeat(500)}`, term))).toEqual([term]);
});

test('marks the digits of a phone number with what stands between them', () => {
  expect(marked(highlightDigits('+1 (555) 010-7788', '5550107'))).toEqual(['555) 010-7']);
});
