import type { Pool } from '../../connection/pool.ts';
import { many } from '../../connection/sql.ts';
import { inTransaction } from '../../connection/transaction.ts';
import { checkDatabase } from '../../consistency/check-database.ts';
import { countLists } from '../../refresh/count-lists.ts';
import { refreshRecentConversations } from '../../refresh/refresh.ts';
import { compactIndex, indexSegments } from '../../search-index/index-segments.ts';
import { buildSegments } from '../../search-index/segments.ts';
import type { Actor, ContactLimits, Shared } from './actor.ts';
import type { Random } from './random.ts';

/**
 * The actors for the worker and an operator. Each repeats its step. Two refresh, and only one of them at a time does
 * it.
 */
export function createMaintenance(
  pool: Pool,
  { config, done, untilDone, fail }: Shared,
  random: Random,
  { contacts }: ContactLimits,
): Actor[] {
  async function refresh(): Promise<void> {
    const outcome = await refreshRecentConversations(config, { timeoutMs: 60_000 });
    if (!outcome.skipped) done('refresh');
  }

  async function build(): Promise<void> {
    const first = random.integer(1, contacts);
    const plan = 'insert into unsegmented_contacts values ($1, $2) on conflict do nothing';
    await pool.query(plan, [first, first + random.integer(1, 20)]);
    const ranges = await buildSegments(pool);
    if (random.chance(0.3)) await indexSegments(pool, { all: true });
    if (random.chance(0.3)) await compactIndex(pool);
    if (ranges > 0) done('build');
  }

  /** Rare, because it would repair errors before a check can find them. */
  async function count(): Promise<void> {
    await untilDone('any', random.integer(100, 600), 60_000);
    await countLists(pool);
    done('count of the lists');
  }

  async function check(): Promise<void> {
    for (const { table, count: differences, contactIds } of await checkDatabase(pool)) {
      if (differences > 0) fail(`${table} has ${differences} differences: contacts ${contactIds}`);
    }
    done('check');
  }

  /** Locks segments, so that a transaction that deletes them has to wait in the middle of its work. */
  async function hold(): Promise<void> {
    await inTransaction(pool, async (db) => {
      await many(db, 'select from message_segments where contact_id = $1 for update', [random.integer(1, contacts)]);
      await untilDone('any', random.integer(1, 10), 200);
    });
    await untilDone('any', 2, 200);
  }

  return [refresh, refresh, build, count, check, hold].map((step) => ({ step }));
}
