import { describe, expect, test } from '@jest/globals';
import { MOST_SHOWN, mergePage, type Stretch, touches, trimStretch } from './merge-page.ts';

interface Row {
  id: number;
  createdAt: string;
  content: string;
}

const rows = (...ids: number[]): Row[] =>
  ids.map((id) => ({ id, createdAt: `2026-01-01T00:00:00.${String(id).padStart(6, '0')}Z`, content: `row ${id}` }));
const range = (first: number, last: number) => rows(...Array.from({ length: last - first + 1 }, (_, i) => first + i));
const inside = (messages: Row[]): Stretch<Row> => ({ messages, isAtOldest: false, isAtNewest: false });
const ids = ({ messages }: Stretch<Row>) => messages.map(({ id }) => id);

describe('a page is put into a stretch', () => {
  test('where it adds older or newer ones', () => {
    const older = { ...inside(rows(1, 2, 3)), isAtOldest: true };
    expect(mergePage(inside(rows(3, 4)), older)).toEqual({ ...inside(rows(1, 2, 3, 4)), isAtOldest: true });
    const newer = { ...inside(rows(4, 5)), isAtNewest: true };
    expect(mergePage(inside(rows(3, 4)), newer)).toEqual({ ...inside(rows(3, 4, 5)), isAtNewest: true });
  });

  test('between its ends it is the truth: what was deleted goes, and what was written before others comes', () => {
    expect(ids(mergePage(inside(rows(1, 2, 3, 5, 6)), inside(rows(2, 4, 5))))).toEqual([1, 2, 4, 5, 6]);
  });

  test('what is beyond an end of the thread was deleted', () => {
    const whole = { messages: rows(2, 3), isAtOldest: true, isAtNewest: true };
    expect(mergePage(inside(rows(1, 2, 3, 4)), whole)).toEqual(whole);
  });

  test('the ends that the stretch has reached stay reached', () => {
    const shown = { ...inside(rows(1, 2, 3)), isAtOldest: true };
    expect(mergePage(shown, inside(rows(2, 3, 4))).isAtOldest).toBe(true);
    expect(mergePage(shown, inside(rows(1, 2, 3))).isAtOldest).toBe(false); // something older has come
  });

  test('times decide before ids', () => {
    const late = { id: 1, createdAt: '2026-01-02T00:00:00.000000Z', content: 'late' };
    expect(ids(mergePage(inside([...rows(5, 6), late]), inside(rows(6, 7))))).toEqual([5, 6, 7, 1]);
  });
});

test('a page that begins after the stretch does not touch it', () => {
  expect(touches(inside(rows(1, 2)), inside(rows(2, 3)))).toBe(true);
  expect(touches(inside(rows(1, 2)), inside(rows(3, 4)))).toBe(false);
});

describe('a long stretch loses the end that nobody reads', () => {
  const whole: Stretch<Row> = { messages: range(1, MOST_SHOWN + 50), isAtOldest: true, isAtNewest: true };

  test('the newest where older ones were read, and the oldest otherwise', () => {
    const older = trimStretch(whole, 'older');
    expect([older.messages.length, older.messages[0]?.id, older.isAtOldest, older.isAtNewest]).toEqual([
      MOST_SHOWN,
      1,
      true,
      false,
    ]);
    const newer = trimStretch(whole, 'newer');
    expect([newer.messages.at(-1)?.id, newer.isAtOldest, newer.isAtNewest]).toEqual([MOST_SHOWN + 50, false, true]);
  });

  test('long messages count by their length, but a page stays', () => {
    const messages = range(1, 150).map((row) => ({ ...row, content: 'x'.repeat(1_000_000) }));
    expect(trimStretch({ ...whole, messages }, 'newer').messages.map(({ id }) => id)).toEqual(
      range(51, 150).map(({ id }) => id),
    );
  });

  test('a short one stays as it is', () => {
    const short = { ...whole, messages: range(1, MOST_SHOWN) };
    expect(trimStretch(short, 'older')).toBe(short);
  });
});
