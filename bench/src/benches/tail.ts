import type { Bench } from '../context.ts';
import { withScratchDatabase } from '../data/scratch.ts';
import { atMost, format, type Row } from '../row.ts';
import { percentile, toFigure, toSample } from '../stats.ts';
import { openWriters } from './writers.ts';

const CONNECTIONS = 8;
const INSERTS = 1_000_000;
const QUICK_INSERTS = 20_000;

/** The slowest of a million inserts: no insert may wait while an index merges its pending list or splits a page. */
export async function benchTail(bench: Bench): Promise<Row[]> {
  const count = bench.options.isQuick ? QUICK_INSERTS : INSERTS;
  const { durationsMs, elapsedMs } = await withScratchDatabase(bench, (database) =>
    insertMany(database, count, bench.data.contacts),
  );
  const sorted = durationsMs.toSorted();
  const [p50Ms, p999Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.999)];
  return [
    {
      bench: 'tail',
      what: `${count.toLocaleString('en-US')} inserts, ${CONNECTIONS} connections: p99.9 ${format(p999Ms)} ms`,
      figure: toFigure([toSample([...durationsMs], elapsedMs)]),
      checks: [atMost(p999Ms / p50Ms, 20, '× p50 at p99.9')],
    },
  ];
}

/** One failure ends the benchmark, because a tail without the failed inserts would be meaningless. */
async function insertMany(
  connectionString: string,
  count: number,
  contacts: number,
): Promise<{ durationsMs: Float64Array; elapsedMs: number }> {
  const writers = await openWriters(connectionString, CONNECTIONS, contacts);
  const durationsMs = new Float64Array(count);
  let begun = 0;
  const loop = async (worker: number): Promise<void> => {
    while (begun < count) {
      const number = begun++;
      const startedMs = performance.now();
      await writers.send(worker);
      durationsMs[number] = performance.now() - startedMs;
    }
  };
  try {
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, worker) => loop(worker)));
    return { durationsMs, elapsedMs: performance.now() - startedMs };
  } finally {
    await writers.close();
  }
}
