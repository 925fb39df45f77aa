import { buildNgrams } from '../ngram-index.ts';
import type { Pool, Queryable } from '../pool.ts';
import { IS_BUILT } from '../search/ngram-state.ts';
import { toSignature } from '../search/signature.ts';
import { many, one } from '../sql.ts';
import type { Check, Differences } from './check.ts';
import { type ContactRange, findInRanges } from './contact-ranges.ts';
import { readInBatches } from './read-in-batches.ts';

interface SegmentText {
  contactId: number;
  newestAt: string;
  body: string;
  [column: string]: unknown;
}

/** Signatures: each segment of a contact without a pending change has one, with all bits of its texts. */
export const checkSegmentSignatures: Check = {
  table: 'segment_signatures',
  find: (db) => whereBuilt(db, () => findInRanges(db, 5_000, (range) => findLacking(db, range))),
  repair: rebuildSearchIndex,
};

/** What is not built yet cannot differ: no search reads it. */
export async function whereBuilt(db: Queryable, find: () => Promise<Differences>): Promise<Differences> {
  const { isBuilt } = await one<{ isBuilt: boolean }>(db, `select ${IS_BUILT} as "isBuilt"`);
  return isBuilt ? find() : { count: 0, contactIds: [], note: 'is not built yet' };
}

/** N-grams and signatures are built together. Searches do without them meanwhile. */
export async function rebuildSearchIndex(pool: Pool): Promise<void> {
  await pool.query('delete from ngram_progress');
  await buildNgrams(pool);
}

async function findLacking(db: Queryable, range: ContactRange): Promise<number[]> {
  const lacking = new Set<number>();
  await readInBatches<SegmentText>(db, SEGMENTS, range, async (segments) => {
    const rows = await many<{ contactId: number }>(db, LACKING, [
      segments.map(({ contactId }) => contactId),
      segments.map(({ newestAt }) => newestAt),
      segments.map(({ body }) => toSignature(body)),
    ]);
    for (const { contactId } of rows) lacking.add(contactId);
  });
  return [...lacking];
}

const SEGMENTS = `
  select contact_id as "contactId", newest_at as "newestAt", body from message_segments
  where contact_id between $1 and $2 and contact_id not in (select contact_id from conversation_changes)
  order by contact_id`;

const LACKING = `
  select contact_id as "contactId"
  from unnest($1::bigint[], $2::timestamptz[], $3::varbit[]) as wanted (contact_id, newest_at, signature)
  left join segment_signatures known using (contact_id, newest_at)
  where (known.signature & wanted.signature::bit(2048)) is distinct from wanted.signature::bit(2048)`;
