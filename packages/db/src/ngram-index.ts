import { indexNgrams } from './index-ngrams.ts';
import { forgetSignatures } from './index-signatures.ts';
import { forgetNgrams } from './listed-ngrams.ts';
import type { Pool, Queryable } from './pool.ts';
import { many, maybeOne, one } from './sql.ts';
import { updateThreadLengths } from './thread-lengths.ts';
import { inTransaction } from './transaction.ts';

/** Contacts that are indexed in one go, and by the build in one transaction: about 11,000 segments at 50 messages a contact. */
const CONTACTS_AT_ONCE = 5_000;

/** Which contacts there are: all, or those with a pending change. */
const ALL = 'select id from contacts';
const CHANGED = 'select contact_id as id from conversation_changes';

/**
 * Builds the index of n-grams where there is none, range by range; returns how many ranges it built. Searches do without
 * it until it is whole. It goes on where it was interrupted, and several processes may try: they take turns.
 */
export async function buildNgrams(pool: Pool, { signal }: { signal?: AbortSignal } = {}): Promise<number> {
  const begun = await maybeOne(pool, 'select from ngram_progress');
  if (!begun && !(await inTransaction(pool, begin))) return 0;
  for (let built = 0; ; built++) {
    if (signal?.aborted || !(await inTransaction(pool, buildRange))) return built;
  }
}

/**
 * Puts what was written since the last time into the index: the segments that are new, of every contact with a pending
 * change; and the lengths of their threads. Called in a transaction that ends before those changes are forgotten, it leaves
 * nothing that is neither indexed nor pending.
 */
export async function updateNgrams(db: Queryable): Promise<void> {
  const progress = await lockProgress(db);
  if (!progress) return;
  const { xmin } = await one<{ xmin: string }>(db, 'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin');
  const isNew = `age(s.xmin) <= age('${progress.indexedBefore}'::xid8::xid)`;
  for (let range = await nextRange(db, CHANGED, 0); range; range = await nextRange(db, CHANGED, range.last)) {
    await indexNgrams(db, range.contactIds, isNew);
  }
  await forgetNgrams(db);
  await forgetSignatures(db);
  await updateThreadLengths(db, CHANGED);
  await many(db, 'update ngram_progress set indexed_before = $1::text::xid8', [xmin]);
}

interface Progress {
  builtTo: number | null;
  indexedBefore: string;
  [column: string]: unknown;
}

/** The lock makes those who build and those who update take turns: neither may miss what the other has counted. */
const lockProgress = (db: Queryable): Promise<Progress | undefined> =>
  maybeOne(db, 'select built_to as "builtTo", indexed_before::text as "indexedBefore" from ngram_progress for update');

/** False while there are messages without segments: they would be missed. */
async function begin(db: Queryable): Promise<boolean> {
  const begun = await many(
    db,
    `insert into ngram_progress (built_to)
     select 0 where not exists (select from unsegmented_contacts) on conflict do nothing returning built_to`,
  );
  if (begun.length === 0) return false;
  for (const table of ['contact_ngrams', 'ngram_counts', 'segment_signatures']) await many(db, `delete from ${table}`);
  return true;
}

/** False when there is no range left. */
async function buildRange(db: Queryable): Promise<boolean> {
  const progress = await lockProgress(db);
  if (!progress || progress.builtTo === null) return false;
  const range = await nextRange(db, ALL, progress.builtTo);
  if (range) {
    await indexNgrams(db, range.contactIds, 'true');
    await updateThreadLengths(db, range.contactIds);
  }
  await many(db, 'update ngram_progress set built_to = $1', [range?.last ?? null]);
  return range !== undefined;
}

/** SQL for the ids of the next contacts after one, and their last; undefined where there are no more. */
async function nextRange(
  db: Queryable,
  ids: string,
  after: number,
): Promise<{ contactIds: string; last: number } | undefined> {
  const { last } = await one<{ last: number | null }>(
    db,
    `select max(id) as last from (select id from (${ids}) ids where id > $1 order by id limit $2) next_ids`,
    [after, CONTACTS_AT_ONCE],
  );
  if (last === null) return undefined;
  return { contactIds: `select id from (${ids}) ids where id > ${after} and id <= ${last}`, last };
}
