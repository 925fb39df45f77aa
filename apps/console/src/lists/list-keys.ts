import { type Signal, useSignal } from '@preact/signals';

interface ListKeysOptions<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => number;
  isOpen: (row: Row) => boolean;
  onOpen: (row: Row) => void;
  scrollTo: (index: number) => void;
}

interface ListKeys {
  /** The row that the arrow keys are at. */
  activeKey: Signal<number | null>;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: () => void;
}

/** Steps of the keys that move over the rows. */
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** The keyboard of a list: arrows, Page, Home and End move over the rows, and Enter opens one. */
export function useListKeys<Row>({ rows, keyOf, isOpen, onOpen, scrollTo }: ListKeysOptions<Row>): ListKeys {
  const activeKey = useSignal<number | null>(null);
  const activeIndex = () => rows.findIndex((row) => keyOf(row) === activeKey.value);

  function moveTo(index: number): void {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (row === undefined) return;
    activeKey.value = keyOf(row);
    scrollTo(rows.indexOf(row));
  }

  return {
    activeKey,
    onFocus() {
      if (activeIndex() < 0) moveTo(Math.max(0, rows.findIndex(isOpen)));
    },
    onKeyDown(event) {
      const step = STEPS[event.key];
      const row = rows[activeIndex()];
      if (step !== undefined) moveTo(activeIndex() + step);
      else if (event.key === 'Enter' && row !== undefined) onOpen(row);
      else return;
      event.preventDefault();
    },
  };
}
