import { refreshRecentConversations } from '@messaging/db';
import type { Bench } from '../context.ts';
import { RENAME_SUFFIX, restoreData } from '../data/restore.ts';
import { atMost, format, type Row } from '../row.ts';
import { median } from '../stats.ts';
import { withClient } from './with-client.ts';

/** After this many batches each contact has enough new segments to be merged at least once. */
const BATCHES = 5;

interface Refresh {
  durationMs: number;
  merged: number;
}

/**
 * A refresh after 10,000 contacts got a message each, compared with one after the same number of renames, which has
 * nothing to merge. Every few batches all of these contacts are merged at once. The target applies to that refresh.
 */
export async function benchRefresh(bench: Bench): Promise<Row[]> {
  const { data, options } = bench;
  const contacts = Math.floor(data.contacts / 10);
  const without: Refresh[] = [];
  const withMessages: Refresh[] = [];
  const worst: Refresh[] = [];
  for (let round = 0; round < (options.isQuick ? 1 : 3); round++) {
    const batches: Refresh[] = [];
    without.push(await refreshAfter(data.connectionString, RENAME, [contacts, RENAME_SUFFIX]));
    for (let batch = 0; batch < BATCHES; batch++) {
      batches.push(await refreshAfter(data.connectionString, SEND, [contacts]));
    }
    withMessages.push(...batches);
    worst.push(batches.reduce((most, next) => (next.merged > most.merged ? next : most)));
    await restoreData(data.connectionString, data);
  }
  return toRows(contacts, { without, withMessages, worst });
}

function toRows(contacts: number, { without, withMessages, worst }: Record<string, Refresh[]>): Row[] {
  const seconds = (refreshes: Refresh[] = []) => median(refreshes.map(({ durationMs }) => durationMs)) / 1_000;
  const base = seconds(without);
  const count = contacts.toLocaleString('en-US');
  const merged = median((worst ?? []).map((refresh) => refresh.merged)).toLocaleString('en-US');
  const bench = 'refresh';
  return [
    {
      bench,
      what: `added by ${count} pending messages, of ${BATCHES} batches the one with most to merge (${merged} segments merged)`,
      value: `${format(seconds(worst))} s in all`,
      checks: [atMost(seconds(worst) - base, 1, 's')],
    },
    {
      bench,
      what: `added by ${count} pending messages, median batch`,
      value: `${format(seconds(withMessages) - base)} s`,
      checks: [],
    },
    { bench, what: `with ${count} renamed contacts, nothing to merge`, value: `${format(base)} s`, checks: [] },
  ];
}

async function refreshAfter(connectionString: string, change: string, values: unknown[]): Promise<Refresh> {
  await withClient(connectionString, (client) => client.query(change, values));
  const database = { connectionString, poolSize: 1, statementTimeoutMs: 0 };
  const outcome = await refreshRecentConversations(database, { timeoutMs: 600_000 });
  if (outcome.skipped) throw new Error('another process refreshes the view of the benchmarks');
  return { durationMs: outcome.durationMs, merged: outcome.messagesSegmented };
}

const RENAME = 'update contacts set name = name || $2 where id <= $1';
const SEND = `insert into messages (contact_id, content) select id, 'on my way, ten minutes' from contacts where id <= $1`;
