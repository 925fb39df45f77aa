import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { describeError, isAbort } from '../session/api.ts';
import { waitAtMost } from '../session/wait.ts';

/** A page of a list, as the API sends it. */
export interface ListPage<Row> {
  rows: readonly Row[];
  nextCursor: string | null;
  total: number;
  totalIsExact: boolean;
}

/** A list that is read page by page, as far as somebody scrolls. */
export interface EndlessList<Row> {
  rows: ReadonlySignal<readonly Row[]>;
  /** Null until the first page is there. */
  total: ReadonlySignal<Pick<ListPage<Row>, 'total' | 'totalIsExact'> | null>;
  isLoading: ReadonlySignal<boolean>;
  /** What to show of the last failure. */
  error: ReadonlySignal<string | null>;
  hasMore: ReadonlySignal<boolean>;
  /** Another number for each list that was read from its beginning. */
  version: ReadonlySignal<number>;
  /** Reads the first page anew, after a pause, and cancels what is being read. The old rows stay until it is there. */
  restart(pauseMs?: number): Promise<void>;
  /** Reads the next page, unless one is being read, there is none, or it could not be read. */
  loadMore(): Promise<void>;
  /** Reads again what could not be read last. */
  retry(): Promise<void>;
  /** Resolves when nothing is being read. */
  settled(): Promise<void>;
  /** Replaces rows, and what is known of the whole list where that was read too. */
  replace(rows: readonly Row[], known?: Partial<Omit<ListPage<Row>, 'rows'>>): void;
}

/** Makes an empty list. `load` reads one page, the first without a cursor. Rows are told apart by `keyOf`. */
export function createEndlessList<Row>(
  load: (cursor: string | undefined, abort: AbortSignal) => Promise<ListPage<Row>>,
  keyOf: (row: Row) => number,
): EndlessList<Row> {
  const rows = signal<readonly Row[]>([]);
  const total = signal<Pick<ListPage<Row>, 'total' | 'totalIsExact'> | null>(null);
  const error = signal<string | null>(null);
  const reading = signal<AbortController | null>(null);
  const cursor = signal<string | null>(null);
  const version = signal(0);
  let last = { from: undefined as string | undefined, done: Promise.resolve() };

  function replace(next: readonly Row[], known: Partial<Omit<ListPage<Row>, 'rows'>> = {}): void {
    batch(() => {
      rows.value = next;
      if (known.nextCursor !== undefined) cursor.value = known.nextCursor;
      if (known.total !== undefined) total.value = { total: known.total, totalIsExact: known.totalIsExact ?? true };
    });
  }

  function read(from?: string, pauseMs = 0): Promise<void> {
    reading.peek()?.abort();
    const own = new AbortController();
    reading.value = own;
    last = { from, done: readPage(from, own, pauseMs) };
    return last.done;
  }

  async function readPage(from: string | undefined, own: AbortController, pauseMs: number): Promise<void> {
    try {
      await waitAtMost(pauseMs, own.signal);
      if (own.signal.aborted) return;
      const page = await load(from, own.signal);
      if (own.signal.aborted) return;
      batch(() => {
        error.value = null;
        if (from === undefined) version.value += 1;
        replace(withoutRepeats([...(from === undefined ? [] : rows.peek()), ...page.rows], keyOf), page);
      });
    } catch (caught) {
      if (own.signal.aborted || isAbort(caught)) return;
      error.value = describeError(caught);
      if (from === undefined) cursor.value = null; // that of the rows that are still shown belongs to another list
    } finally {
      if (reading.peek() === own) reading.value = null;
    }
  }

  return {
    rows,
    total,
    error,
    version,
    isLoading: computed(() => reading.value !== null),
    hasMore: computed(() => cursor.value !== null),
    restart: (pauseMs) => read(undefined, pauseMs),
    async loadMore() {
      const from = cursor.peek();
      if (reading.peek() === null && error.peek() === null && from !== null) await read(from);
    },
    retry: () => read(last.from),
    async settled() {
      while (reading.peek() !== null) await last.done;
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
