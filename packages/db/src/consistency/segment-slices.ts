import type { Pool, Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { inTransaction } from '../connection/transaction.ts';
import { eachSegmentOf, writeBlock } from '../search-index/index-segments.ts';
import { BLOCK_SEGMENTS } from '../search-index/signature.ts';
import { createSlices, SLICE_BYTES, type Slices } from '../search-index/slices.ts';
import { addDifferences, type Check, type Differences } from './check.ts';

/**
 * The index of segments: a segment before the end of the index has all its bits in the slices of its block, which must
 * exist. Bits of deleted segments may remain and have no effect.
 */
export const checkSegmentSlices: Check = {
  table: 'segment_slices',
  async find(db) {
    const differences: Differences = { count: 0, contactIds: [] };
    for (const { blockNo } of await many<{ blockNo: number }>(db, BLOCKS)) {
      addDifferences(differences, await findLacking(db, blockNo));
    }
    return differences;
  },
  repair: rewriteBlocks,
};

async function findLacking(db: Queryable, blockNo: number): Promise<number[]> {
  const slices = await readSlices(db, blockNo);
  const lacking = new Set<number>();
  await eachSegmentOf(db, blockNo, (position, body, contactId) => {
    const isHeld = body === null ? slices.holdEvery(position) : slices.hold(position, body);
    if (!isHeld) lacking.add(contactId);
  });
  return [...lacking];
}

async function readSlices(db: Queryable, blockNo: number): Promise<Slices> {
  const slices = createSlices();
  const rows = await many<{ bitNo: number; segments: Buffer }>(db, SLICES, [blockNo]);
  for (const { bitNo, segments } of rows) slices.set(bitNo, segments.subarray(-SLICE_BYTES));
  return slices;
}

/** Rewrites the blocks of the contacts, each in one transaction. */
async function rewriteBlocks(pool: Pool, { contactIds }: Differences): Promise<void> {
  const blocks = await many<{ blockNo: number }>(pool, BLOCKS_OF, [contactIds]);
  for (const { blockNo } of blocks) await inTransaction(pool, (db) => writeBlock(db, blockNo));
}

/** Also blocks that were dissolved: a segment with such a number would be in no slice, and not behind the index either. */
const BLOCKS = `
  select block_no as "blockNo" from segment_blocks b
  where exists (
    select from message_segments
    where segment_no between b.block_no::bigint * ${BLOCK_SEGMENTS} and (b.block_no + 1)::bigint * ${BLOCK_SEGMENTS} - 1
  )
  order by 1`;

/** PostgreSQL's binary format of a bit string: the number of bits, then the bits. */
const SLICES = 'select bit_no as "bitNo", bit_send(segments) as segments from segment_slices where block_no = $1';

const BLOCKS_OF = `
  select block_no as "blockNo" from segment_blocks b
  where exists (
    select from message_segments
    where contact_id = any($1::bigint[]) and segment_no / ${BLOCK_SEGMENTS} = b.block_no
  )
  order by 1`;
