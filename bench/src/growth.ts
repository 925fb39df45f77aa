import { refreshRecentConversations } from '@messaging/db';
import { findContacts } from './benches/thread.ts';
import { withClient } from './benches/with-client.ts';
import { type Bench, databaseName, openServer } from './context.ts';
import { type BenchData, prepareData } from './data/prepare.ts';
import { restoreData } from './data/restore.ts';
import { get, getJson, measureHttp } from './http/load.ts';
import { startApiProcess } from './http/processes.ts';
import type { BenchOptions } from './options.ts';
import { type GrowthReport, toGrowthMarkdown, writeGrowth } from './report/growth.ts';
import { describeMachine } from './report/machine.ts';
import { format } from './row.ts';
import type { Places } from './run.ts';
import { median } from './stats.ts';

const MESSAGES_PER_CONTACT = 50;
const SIZES = [1_000_000, 5_000_000];
const LARGE_SIZES = [...SIZES, 20_000_000];
const LIST = '/api/conversations';

/** One term of each kind; the whole list is in the search benchmark. */
const TERMS = {
  'everywhere: the': 'the',
  'common: tomorrow': 'tomorrow',
  'middling: happy': 'happy',
  'rare: quarkfjord': 'quarkfjord',
  'absent: zzzqqq': 'zzzqqq',
  'rare, no trigram: qz': 'qz',
  'words that never meet: can order the': 'can order the',
  'clump: disk /dev': 'disk /dev',
  'old: parchment': 'parchment',
};

/** Measures how figures grow with the data: a subset of the benchmarks, for one size after the other. */
export async function runGrowth(
  options: BenchOptions,
  { dataFolder, resultsFolder }: Places,
  { release, say }: Pick<Bench, 'release' | 'say'>,
): Promise<void> {
  const server = await openServer(dataFolder, { release, say });
  const machine = describeMachine(server.version);
  const columns: GrowthReport['columns'] = [];
  for (const messages of options.isLarge ? LARGE_SIZES : SIZES) {
    const contacts = messages / MESSAGES_PER_CONTACT;
    const place = { folder: dataFolder, serverUrl: server.connectionString, database: databaseName(messages) };
    const data = await prepareData({ ...place, contacts, messages, say });
    say(`${messages.toLocaleString('en')} messages ...`);
    columns.push({ messages, figures: await measureSize(data, dataFolder, options) });
  }
  const report = { finishedAt: new Date().toISOString(), machine, columns };
  say(`\n${toGrowthMarkdown(report)}`);
  if (!options.isQuick) await writeGrowth(resultsFolder, report);
}

async function measureSize(data: BenchData, folder: string, options: BenchOptions): Promise<Record<string, string>> {
  const api = await startApiProcess({ connectionString: data.connectionString, folder });
  try {
    return {
      'load, s': format(data.seedDurationMs / 1_000),
      'database, MB': await sizeOf(data),
      ...(await measurePages(api.origin, data, options)),
      ...(await measureTerms(api.origin, options.isQuick ? 3 : 10)),
      ...(await measureRefreshes(data, options.isQuick ? 1 : 3)),
    };
  } finally {
    await api.close();
  }
}

async function measurePages(origin: string, data: BenchData, options: BenchOptions): Promise<Record<string, string>> {
  const { pagination } = await getJson<{ pagination: { totalPages: number } }>(origin, LIST);
  const { busiest } = await withClient(data.connectionString, (client) => findContacts(client, data.clumpContactId));
  const paths = {
    'list, first page': LIST,
    'list, last page': `${LIST}?page=${pagination.totalPages - 1}`,
    'thread, busiest of the generated': `/api/contacts/${busiest.id}/messages`,
    'thread, the clump': `/api/contacts/${data.clumpContactId}/messages`,
  };
  const figures: Record<string, string> = {};
  for (const [what, path] of Object.entries(paths)) {
    await measureHttp(origin, path, { connections: 8, seconds: 1 }); // warm
    const rounds = [];
    for (let round = 0; round < (options.isQuick ? 1 : 3); round++) {
      rounds.push(await measureHttp(origin, path, { connections: 8, seconds: options.roundSeconds }));
    }
    figures[`${what}, requests/s`] = format(median(rounds.map(({ perSecond }) => perSecond)));
  }
  return figures;
}

async function measureTerms(origin: string, rounds: number): Promise<Record<string, string>> {
  const figures: Record<string, string> = {};
  for (const [what, term] of Object.entries(TERMS)) {
    const path = `${LIST}?searchValue=${encodeURIComponent(term)}`;
    await get(origin, path); // warm
    const durationsMs: number[] = [];
    for (let round = 0; round < rounds; round++) durationsMs.push((await get(origin, path)).durationMs);
    figures[`search, ${what}, ms`] = format(median(durationsMs));
  }
  return figures;
}

async function measureRefreshes(data: BenchData, rounds: number): Promise<Record<string, string>> {
  const database = { connectionString: data.connectionString, poolSize: 1, statementTimeoutMs: 0 };
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await withClient(data.connectionString, (client) => client.query(TOUCH, [data.contacts]));
    const outcome = await refreshRecentConversations(database, { timeoutMs: 600_000 });
    seconds.push(outcome.skipped ? Number.NaN : outcome.durationMs / 1_000);
  }
  await restoreData(data.connectionString, data);
  return { 'refresh after 10,000 messages, s': format(median(seconds)) };
}

const TOUCH = `
  insert into messages (contact_id, content)
  select 1 + n * greatest(1, $1::int / 10000) % $1::int, 'on my way' from generate_series(1, 10000) as n`;

async function sizeOf({ connectionString }: BenchData): Promise<string> {
  const { rows } = await withClient(connectionString, (client) =>
    client.query<{ mb: string }>('select pg_database_size(current_database()) / 1048576 as mb'),
  );
  return Number(rows[0]?.mb).toLocaleString('en-US');
}
