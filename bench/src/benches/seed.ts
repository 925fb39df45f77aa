import { seedDatabase, silentProgress } from '@messaging/db/seed';
import type { Bench } from '../context.ts';
import { recreateDatabase } from '../data/prepare.ts';
import { withDatabase } from '../data/server.ts';
import { atMost, format, type Row } from '../row.ts';
import { median } from '../stats.ts';
import { insertIntoEmpty, insertIntoFull, readRows } from './multi-row-insert.ts';
import { copyPrepared, prepareFiles, removeFiles } from './seed-peers.ts';

/** Large enough that the start is negligible, small enough for several rounds. */
const SLICE = { contacts: 4_000, messages: 200_000, seed: 1, reset: false };
/** For multi-row inserts, into an empty table and into the loaded one. A whole load is between the two. */
const INSERTED_MESSAGES = 20_000;

/**
 * The seeder compared with COPY of prepared files plus index builds, and with multi-row inserts; and its segments at
 * full size.
 */
export async function benchSeed(bench: Bench): Promise<Row[]> {
  const serverUrl = bench.server.connectionString;
  const rates: Rates = { ours: [], copied: [], intoEmpty: [], intoFull: [] };
  const source = withDatabase(serverUrl, 'bench_seed');
  for (let round = 0; round < (bench.options.isQuick ? 1 : 3); round++) {
    await recreateDatabase(serverUrl, 'bench_seed');
    const { durationMs } = await seedDatabase(
      source,
      { ...SLICE, contacts: Math.min(SLICE.contacts, bench.data.contacts) },
      silentProgress,
    );
    rates.ours.push(perSecond(SLICE.messages, durationMs));
    const files = await prepareFiles(source, bench.folder);
    rates.copied.push(perSecond(SLICE.messages, await copyPrepared(source, files)));
    const rows = await readRows(source, INSERTED_MESSAGES);
    rates.intoEmpty.push(perSecond(rows.length, await insertIntoEmpty(source, rows)));
    rates.intoFull.push(perSecond(rows.length, await insertIntoFull(bench.data, rows)));
  }
  await recreateDatabase(serverUrl, 'bench_seed');
  await removeFiles(bench.folder);
  return [...segmentRows(bench), ...toRows(rates)];
}

type Rates = Record<'ours' | 'copied' | 'intoEmpty' | 'intoFull', number[]>;

const perSecond = (count: number, durationMs: number) => (count * 1_000) / durationMs;

function toRows({ ours, copied, intoEmpty, intoFull }: Rates): Row[] {
  const rate = (rates: number[]) => `${format(median(rates))} messages/s`;
  const ratio = (rates: number[]) => `${format(median(ours) / median(rates))} ×`;
  const slice = `${SLICE.messages.toLocaleString('en-US')} messages`;
  const inserted = `${INSERTED_MESSAGES.toLocaleString('en-US')} messages`;
  const bench = 'seed';
  return [
    { bench, what: `${slice}: generate, load, index, view, segments`, value: rate(ours), checks: [] },
    {
      bench,
      what: `floor: COPY of prepared files and index builds, ${slice}`,
      value: `${rate(copied)}; ours is ${ratio(copied)}`,
      checks: [],
    },
    {
      bench,
      what: `usual: multi-row INSERT into an empty table, ${inserted}`,
      value: `${rate(intoEmpty)}; ours is ${ratio(intoEmpty)}`,
      checks: [],
    },
    {
      bench,
      what: `usual: multi-row INSERT into the loaded table, ${inserted}`,
      value: `${rate(intoFull)}; ours is ${ratio(intoFull)}`,
      checks: [],
    },
  ];
}

/** Measured when the data of this run was loaded. */
function segmentRows({ data: { messages, seedPhases, seedDurationMs } }: Bench): Row[] {
  const segments = seedPhases.find(({ name }) => name === 'search segments');
  const size = `${messages.toLocaleString('en-US')} messages`;
  return [
    {
      bench: 'seed',
      what: `search segments of ${size}`,
      value: `of ${format(seedDurationMs / 1_000)} s in all`,
      checks: segments ? [atMost(segments.durationMs / 1_000, 30, 's')] : [],
    },
  ];
}
