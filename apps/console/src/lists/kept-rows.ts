import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Rows of one height, and how they are told apart. */
export interface EqualRows<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => number;
  rowHeight: number;
}

/** Keeps the visible rows where they are while others come and go above them. At the top of the list the new ones are shown. */
export function useKeptRows<Row>(
  scroller: RefObject<HTMLElement | null>,
  { rows, keyOf, rowHeight }: EqualRows<Row>,
): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = rows;
    if (!element || old === rows || element.scrollTop < 1) return;
    const first = Math.floor(element.scrollTop / rowHeight);
    const visible = old.slice(first, first + Math.ceil(element.clientHeight / rowHeight)).map(keyOf);
    element.scrollTop += shiftOf(visible, first, rows.map(keyOf)) * rowHeight;
  }, [scroller, rows, keyOf, rowHeight]);
}

/**
 * How many places rows have moved down that stood from `first` on: the median, because one of them may have moved by itself. 0 where
 * none of them is there any more.
 */
export function shiftOf(visible: readonly number[], first: number, now: readonly number[]): number {
  const wanted = new Set(visible);
  const places = new Map<number, number>();
  for (const [index, key] of now.entries()) if (wanted.has(key)) places.set(key, index);
  const shifts = visible
    .flatMap((key, offset) => (places.get(key) ?? Number.NaN) - (first + offset))
    .filter((shift) => !Number.isNaN(shift));
  return shifts.toSorted((a, b) => a - b)[Math.floor(shifts.length / 2)] ?? 0;
}
