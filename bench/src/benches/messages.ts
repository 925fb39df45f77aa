import { get as openStream } from 'node:http';
import type { Bench } from '../context.ts';
import { atLeast, atMost, format, type Row } from '../row.ts';
import { ask, summarise, type Timing, toTiming } from './search.ts';
import { collectTerms } from './search-terms.ts';
import { withClient } from './with-client.ts';

const LIMIT_MS = 60;
const EXPORT_SECONDS = 10;
const LEAST_LINES_PER_SECOND = 50_000;

/** Searches of all messages, with one client: every class of terms, and all terms with a filter. And an export. */
export async function benchMessages(bench: Bench): Promise<Row[]> {
  const { origin } = bench.api;
  const classes = await withClient(bench.data.connectionString, collectTerms);
  const timings = classes.flatMap(({ name, terms }) => terms.map((term) => toTiming(name, term)));
  const rounds = bench.options.isQuick ? 1 : 5;
  await measure(origin, timings, rounds, LIST);
  const all = summarise(timings);
  const filtered = [];
  for (const [name, filter] of Object.entries(await filtersOf(bench))) {
    const narrowed = timings.map(({ className, term }) => toTiming(className, term));
    await measure(origin, narrowed, rounds, `${LIST}${filter}&`);
    const figure = summarise(narrowed);
    const check = atMost(figure.p95Ms / all.p95Ms, 1, '× p95 of all');
    filtered.push({ bench: 'messages', what: `search, every term, ${name}`, figure, checks: [check] });
  }
  const rows = classes.map(({ name }) => {
    const figure = summarise(timings.filter(({ className }) => className === name));
    return { bench: 'messages', what: `search: ${name}`, figure, checks: [atMost(figure.p95Ms, LIMIT_MS, 'ms p95')] };
  });
  return [
    ...rows,
    { bench: 'messages', what: 'search, every term', figure: all, checks: [] },
    ...filtered,
    await benchExport(origin),
  ];
}

const LIST = '/api/messages?';

async function measure(origin: string, timings: Timing[], rounds: number, list: string): Promise<void> {
  for (let round = 0; round <= rounds; round++) {
    for (const timing of timings) await ask(origin, timing, round > 0, list);
  }
}

/** The last tenth of the time, and a contact with very many messages. */
async function filtersOf({ data }: Bench): Promise<Record<string, string>> {
  const { rows } = await withClient(data.connectionString, (db) =>
    db.query<{ from: string }>(
      `select (max(newest_at) - (max(newest_at) - min(newest_at)) / 10)::text as "from" from message_segments`,
    ),
  );
  const from = new Date(rows[0]?.from ?? '').toISOString();
  return { 'of the last tenth of the time': `from=${from}`, 'of one busy contact': `contactId=${data.clumpContactId}` };
}

/** Reads an export for some seconds, as fast as it comes. */
async function benchExport(origin: string): Promise<Row> {
  const startedMs = performance.now();
  let lines = 0;
  await new Promise<void>((resolve, reject) => {
    const call = openStream(`${origin}/api/export/messages`, (response) => {
      response.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
        if (performance.now() - startedMs > EXPORT_SECONDS * 1_000) call.destroy();
      });
      response.on('close', resolve);
    });
    call.on('error', (error) => (call.destroyed ? resolve() : reject(error)));
  });
  const perSecond = (lines * 1_000) / (performance.now() - startedMs);
  const value = `${format(perSecond)} lines/s`;
  return { bench: 'messages', what: 'export', value, checks: [atLeast(perSecond, LEAST_LINES_PER_SECOND, 'lines/s')] };
}
