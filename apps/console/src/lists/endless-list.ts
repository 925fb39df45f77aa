import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { describeError, isAbort } from '../session/api.ts';

/** A page of a list, as the API sends it. */
export interface ListPage<Row> {
  rows: readonly Row[];
  nextCursor: string | null;
  total: number;
  totalIsExact: boolean;
}

/** How many rows the whole list has. */
export interface ListTotal {
  count: number;
  isExact: boolean;
}

/** A list that is read page by page, as far as somebody scrolls. */
export interface EndlessList<Row> {
  rows: ReadonlySignal<readonly Row[]>;
  /** Null until the first page is there. */
  total: ReadonlySignal<ListTotal | null>;
  isLoading: ReadonlySignal<boolean>;
  /** What to show of the last failure. */
  error: ReadonlySignal<string | null>;
  hasMore: ReadonlySignal<boolean>;
  /** Reads the first page anew, and cancels what is being read. The old rows stay until it is there. */
  restart(): Promise<void>;
  /** Reads the next page, unless one is being read or there is none. */
  loadMore(): Promise<void>;
  /** Replaces rows; `cursor` and `total` too where the rows come from another reading. */
  replace(rows: readonly Row[], page?: Omit<ListPage<Row>, 'rows'>): void;
}

/** Makes an empty list. `load` reads one page, the first without a cursor. Rows are told apart by `keyOf`. */
export function createEndlessList<Row>(
  load: (cursor: string | undefined, abort: AbortSignal) => Promise<ListPage<Row>>,
  keyOf: (row: Row) => number,
): EndlessList<Row> {
  const rows = signal<readonly Row[]>([]);
  const total = signal<ListTotal | null>(null);
  const error = signal<string | null>(null);
  const reading = signal<AbortController | null>(null);
  const cursor = signal<string | null>(null);

  function replace(next: readonly Row[], page?: Omit<ListPage<Row>, 'rows'>): void {
    batch(() => {
      rows.value = next;
      if (!page) return;
      cursor.value = page.nextCursor;
      total.value = { count: page.total, isExact: page.totalIsExact };
    });
  }

  async function read(from: string | undefined, known: () => readonly Row[]): Promise<void> {
    reading.value?.abort();
    const own = new AbortController();
    reading.value = own;
    try {
      const page = await load(from, own.signal);
      if (own.signal.aborted) return;
      error.value = null;
      replace(withoutRepeats([...known(), ...page.rows], keyOf), page);
    } catch (caught) {
      if (!own.signal.aborted && !isAbort(caught)) error.value = describeError(caught);
    } finally {
      if (reading.value === own) reading.value = null;
    }
  }

  return {
    rows,
    total,
    error,
    isLoading: computed(() => reading.value !== null),
    hasMore: computed(() => cursor.value !== null),
    restart: () => read(undefined, () => []),
    async loadMore() {
      if (reading.value === null && cursor.value !== null) await read(cursor.value, () => rows.value);
    },
    replace,
  };
}

/** A row that has moved while pages were read can be on two of them: its first place counts. */
function withoutRepeats<Row>(rows: readonly Row[], keyOf: (row: Row) => number): Row[] {
  const seen = new Set<number>();
  return rows.filter((row) => {
    const key = keyOf(row);
    return !seen.has(key) && seen.add(key);
  });
}
