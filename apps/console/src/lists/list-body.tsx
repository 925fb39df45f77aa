import type { ComponentChildren, JSX } from 'preact';
import type { EndlessList, ListTotal } from './endless-list.ts';
import { Failure, Notice } from './notice.tsx';
import { VirtualList } from './virtual-list.tsx';

/** A list with its states. */
export interface ListBodyProps<Row> {
  label: string;
  list: EndlessList<Row>;
  keyOf: (row: Row) => number;
  rowHeight: number;
  renderRow: (row: Row) => ComponentChildren;
  emptyText: string;
  isOpen: (row: Row) => boolean;
  onOpen: (row: Row) => void;
}

/** A list that is read as far as somebody scrolls, with what is shown while it is empty, loading, or failed. */
export function ListBody<Row>({ list, emptyText, ...shown }: ListBodyProps<Row>): JSX.Element {
  const [rows, error, total] = [list.rows.value, list.error.value, list.total.value];
  return (
    <div class={`list-body ${list.isLoading.value ? 'loading' : ''}`} aria-busy={list.isLoading.value}>
      <p class="total" role="status">
        {total && describeTotal(total, shown.label)}
      </p>
      {error !== null && <Failure message={error} onRetry={() => void list.restart()} />}
      {rows.length > 0 && <VirtualList {...shown} rows={rows} onEnd={list.loadMore} />}
      {rows.length === 0 && error === null && <Notice>{total === null ? 'Loading …' : emptyText}</Notice>}
    </div>
  );
}

function describeTotal({ count, isExact }: ListTotal, label: string): string {
  return `${label}: ${isExact ? '' : 'more than '}${count.toLocaleString()}`;
}
