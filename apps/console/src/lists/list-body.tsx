import type { JSX } from 'preact';
import type { EndlessList } from './endless-list.ts';
import { Failure, Notice } from './notice.tsx';
import { VirtualList, type VirtualListProps } from './virtual-list.tsx';

/** A list with its states. */
export interface ListBodyProps<Row> extends Omit<VirtualListProps<Row>, 'rows' | 'isWhole' | 'onEnd'> {
  list: EndlessList<Row>;
  emptyText: string;
}

/** A list that is read as far as somebody scrolls, with what is shown while it is empty, loading, or failed. */
export function ListBody<Row>({ list, emptyText, ...shown }: ListBodyProps<Row>): JSX.Element {
  const [rows, error, known, isLoading] = [list.rows.value, list.error.value, list.total.value, list.isLoading.value];
  return (
    <div class="list-body" aria-busy={isLoading}>
      <p class="total" role="status">
        {known && `${shown.label}: ${known.totalIsExact ? '' : 'at least '}${known.total.toLocaleString()}`}
      </p>
      {error !== null && <Failure message={error} onRetry={() => void list.retry()} />}
      {rows.length > 0 && (
        // Another list begins at its top.
        <VirtualList
          key={list.version.value}
          {...shown}
          rows={rows}
          isWhole={!list.hasMore.value}
          onEnd={list.loadMore}
        />
      )}
      {rows.length === 0 && error === null && <Notice>{isLoading || known === null ? 'Loading …' : emptyText}</Notice>}
    </div>
  );
}
