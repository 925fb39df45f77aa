import type { Pool, Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { inTransaction } from '../connection/transaction.ts';
import type { Check, Differences } from './check.ts';
import { checkContacts } from './contacts.ts';
import { checkConversationChanges } from './conversation-changes.ts';
import { checkListSizes } from './list-sizes.ts';
import { checkMessageSegments } from './message-segments.ts';
import { checkRecentConversations } from './recent-conversations.ts';
import { checkSegmentSlices } from './segment-slices.ts';
import { checkThreadLengths } from './thread-lengths.ts';

/** In the order in which they are repaired: sizes after what decides them, an index after what it is made from. */
const CHECKS: Check[] = [
  checkContacts,
  checkConversationChanges,
  checkRecentConversations,
  checkListSizes,
  checkMessageSegments,
  checkThreadLengths,
  checkSegmentSlices,
];

/** What a check found of one table. */
export interface TableResult extends Differences {
  table: string;
  durationMs: number;
}

/** A repair that leaves something, as when more contacts differ than are remembered, is repeated so often. */
const MAX_REPAIRS = 20;

/**
 * Compares every derived table with `contacts` and `messages`, as of one moment, and records what it found in
 * `consistency_checks`. With `repair` what differs is rebuilt, and compared again. Safe while the service runs.
 * @param onResult called for each table as soon as it is compared, again after a repair
 * @throws UnavailableError, and what PostgreSQL throws
 */
export async function checkDatabase(
  pool: Pool,
  { repair = false, onResult = () => {} }: { repair?: boolean; onResult?: (result: TableResult) => void } = {},
): Promise<TableResult[]> {
  const startedAt = new Date();
  let results = await findAll(pool, CHECKS, onResult);
  for (let repairs = 0; repair && repairs < MAX_REPAIRS && results.some(({ count }) => count > 0); repairs += 1) {
    for (const check of CHECKS) {
      const result = results.find(({ table }) => table === check.table);
      if (result && result.count > 0) await check.repair(pool, result);
    }
    results = await findAll(pool, CHECKS, onResult);
  }
  await record(pool, startedAt, results);
  return results;
}

/** All in one snapshot, so that they agree with each other too. */
function findAll(pool: Pool, checks: Check[], onResult: (result: TableResult) => void): Promise<TableResult[]> {
  return inTransaction(pool, async (db) => {
    await many(db, 'set transaction isolation level repeatable read read only');
    await many(db, "set local enable_seqscan = on; set local plan_cache_mode = auto; set local work_mem = '32MB'");
    const results: TableResult[] = [];
    for (const check of checks) results.push(await findOne(db, check, onResult));
    return results;
  });
}

async function findOne(db: Queryable, check: Check, onResult: (result: TableResult) => void): Promise<TableResult> {
  const startedMs = performance.now();
  const differences = await check.find(db);
  const result = { table: check.table, ...differences, durationMs: performance.now() - startedMs };
  onResult(result);
  return result;
}

/** The last 100 are kept. */
async function record(pool: Pool, startedAt: Date, results: TableResult[]): Promise<void> {
  const differences = Object.fromEntries(results.map(({ table, count }) => [table, count]));
  await many(
    pool,
    `with stored as (insert into consistency_checks (started_at, differences) values ($1, $2) returning id)
     delete from consistency_checks where id <= (select id - 100 from stored)`,
    [startedAt.toISOString(), differences],
  );
}
