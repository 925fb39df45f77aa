import { useSignal } from '@preact/signals';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { EqualRows } from './kept-rows.ts';

/** Ties the virtualizer to a component: it is rendered again when other rows become visible. */
export function useVirtualizer<Row>(
  scroller: RefObject<HTMLDivElement | null>,
  { rows, keyOf, rowHeight }: EqualRows<Row>,
): Virtualizer<HTMLDivElement, HTMLDivElement> {
  const version = useSignal(0);
  version.value; // read, so that a change renders again
  const options = {
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index: number) => {
      const row = rows[index];
      return row === undefined ? -index : keyOf(row);
    },
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => {
      version.value = version.peek() + 1;
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
