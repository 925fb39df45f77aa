import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useKeptRows } from './kept-rows.ts';
import { useListKeys } from './list-keys.ts';
import { useVirtualizer } from './virtualizer.ts';

/** What a list shows, and what its rows do. */
export interface VirtualListProps<Row> {
  label: string;
  rows: readonly Row[];
  keyOf: (row: Row) => number;
  /** In pixels, the same for each row. */
  rowHeight: number;
  renderRow: (row: Row) => ComponentChildren;
  isOpen: (row: Row) => boolean;
  onOpen: (row: Row) => void;
  /** Whether there are no more rows than these. */
  isWhole: boolean;
  /** Called whenever the last rows come near. */
  onEnd: () => void;
}

/**
 * A list of which only the visible rows are in the document, so that its length costs nothing. Arrow keys move over the rows, and
 * Enter opens one. Rows that are added above what is read do not move it.
 */
export function VirtualList<Row>(props: VirtualListProps<Row>): JSX.Element {
  const { label, rows, keyOf, rowHeight, renderRow, isOpen, onOpen, isWhole, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtualizer = useVirtualizer(scroller, { rows, keyOf, rowHeight });
  useKeptRows(scroller, { rows, keyOf, rowHeight });
  const items = virtualizer.getVirtualItems();
  const { activeKey, onKeyDown, onFocus } = useListKeys({
    ...props,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  });
  const lastVisible = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastVisible >= rows.length - 10) onEnd();
  }, [lastVisible, rows.length, onEnd]);
  const activeIsVisible = items.some(({ key }) => key === activeKey.value);

  return (
    <div
      ref={scroller}
      class="virtual-list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={activeIsVisible ? `${id}-${activeKey.value}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <div class="virtual-rows" role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = keyOf(row);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys belong to the list, which has the focus
            <div
              key={key}
              id={`${id}-${key}`}
              class={`row ${key === activeKey.value ? 'active' : ''}`}
              role="option"
              tabIndex={-1}
              aria-selected={isOpen(row)}
              aria-posinset={index + 1}
              aria-setsize={isWhole ? rows.length : -1}
              style={{ height: `${rowHeight}px`, transform: `translateY(${start}px)` }}
              onClick={() => {
                activeKey.value = key;
                scroller.current?.focus({ preventScroll: true }); // a row leaves the document when it is scrolled away
                onOpen(row);
              }}
            >
              {renderRow(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
