import { benchList } from './benches/list.ts';
import { benchSearch } from './benches/search.ts';
import type { Bench } from './context.ts';
import type { Row } from './row.ts';

/** The benchmarks by name, in the order in which they run. Those that write leave the data as it was. */
export const benches: Record<string, (bench: Bench) => Promise<Row[]>> = {
  list: benchList,
  search: benchSearch,
};
