import type { Pool, Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { inTransaction } from '../connection/transaction.ts';
import type { Check, Differences } from './check.ts';
import { checkContacts } from './contacts.ts';
import { checkConversationChangeLog } from './conversation-change-log.ts';
import { checkConversationChanges } from './conversation-changes.ts';
import { checkListSizes } from './list-sizes.ts';
import { checkMessageSegments } from './message-segments.ts';
import { checkRecentConversations } from './recent-conversations.ts';
import { checkSegmentSlices } from './segment-slices.ts';
import { checkThreadLengths } from './thread-lengths.ts';

/** In the order of repair: sizes after the data they count, an index after its source. */
const CHECKS: Check[] = [
  checkContacts,
  checkConversationChanges,
  checkConversationChangeLog,
  checkRecentConversations,
  checkListSizes,
  checkMessageSegments,
  checkThreadLengths,
  checkSegmentSlices,
];

/** The result of a check of one table. */
export interface TableResult extends Differences {
  table: string;
  durationMs: number;
}

/**
 * Maximum repetitions of a repair that leaves differences, for example because more contacts differ than are recorded.
 */
const MAX_REPAIRS = 20;

/**
 * Compares every derived table with `contacts` and `messages` in one snapshot, and records the result in
 * `consistency_checks`. With `repair` it rebuilds what differs and compares again. Safe while the service runs.
 * @param onResult is called for each table after its comparison, and again after a repair
 * @throws UnavailableError, and PostgreSQL's errors
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

/** All tables are compared in one snapshot, so that the results are consistent with each other. */
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

/** Keeps the last 100. */
async function record(pool: Pool, startedAt: Date, results: TableResult[]): Promise<void> {
  const differences = Object.fromEntries(results.map(({ table, count }) => [table, count]));
  await many(
    pool,
    `with stored as (insert into consistency_checks (started_at, differences) values ($1, $2) returning id)
     delete from consistency_checks where id <= (select id - 100 from stored)`,
    [startedAt.toISOString(), differences],
  );
}
