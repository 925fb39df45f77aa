import { setImmediate as letOthersRun } from 'node:timers/promises';
import type pg from 'pg';
import { INDEX_LOCK } from '../connection/advisory-locks.ts';
import type { Pool, Queryable } from '../connection/pool.ts';
import { readInBatches } from '../connection/read-in-batches.ts';
import { many, one } from '../connection/sql.ts';
import { inTransaction } from '../connection/transaction.ts';
import { copySlices } from './copy-slices.ts';
import { BLOCK_SEGMENTS } from './signature.ts';
import { createSignatures, type Signatures } from './slices.ts';

/**
 * A longer text is not read and counts as a possible match for any term. Its signature would have nearly all bits set.
 * A segment of several messages is never longer.
 */
const MAX_READ_BYTES = 65_536;

/** Segments that are read at once: at most 8 MiB. */
const ROWS_AT_ONCE = 128;
/** Maximum time between two yields to the event loop. One text takes at most 3 ms more. */
const HELD_MS = 10;

/**
 * Adds a block to the index for every 8,192 segments that are in none. With `all` the remaining segments get a block
 * too. Returns the number of new blocks. Each block is one transaction, so it can be interrupted at any point. It does
 * not wait for another process.
 */
export async function indexSegments(
  pool: Pool,
  { all = false, signal }: { all?: boolean; signal?: AbortSignal } = {},
): Promise<number> {
  const { settled } = await one<{ settled: number }>(pool, 'select settle_segment_numbers($1) as settled', [all]);
  let blocksAdded = 0;
  while (!signal?.aborted && (await withIndexLock(pool, (db) => addBlock(db, settled)))) blocksAdded += 1;
  return blocksAdded;
}

/**
 * Compacts the index: removes blocks in which more than half of the segments are gone. The remaining segments wait for
 * a new block. Returns the number of these segments. It counts the segments of every block: 30 ms for 240,000.
 */
export async function compactIndex(pool: Pool): Promise<number> {
  const compact = async (db: Queryable) => (await one<{ moved: number }>(db, 'select compact_blocks() as moved')).moved;
  return (await withIndexLock(pool, compact)) ?? 0;
}

/** Runs a transaction that holds the lock of the index. Returns undefined if another process holds it. */
function withIndexLock<Result>(pool: Pool, work: (db: pg.ClientBase) => Promise<Result>): Promise<Result | undefined> {
  return inTransaction(pool, async (db) => {
    const { locked } = await one<{ locked: boolean }>(db, `select pg_try_advisory_xact_lock(${INDEX_LOCK}) as locked`);
    return locked ? work(db) : undefined;
  });
}

/** Writes the next block if all of its numbers are settled. Returns whether it did. */
async function addBlock(db: pg.ClientBase, settled: number): Promise<boolean> {
  const { blockNo } = await one<{ blockNo: number }>(db, NEXT_BLOCK);
  if ((blockNo + 1) * BLOCK_SEGMENTS > settled) return false;
  await writeBlock(db, blockNo);
  return true;
}

/** Writes or replaces a block from the segments with its numbers. Runs in the caller's transaction. */
export async function writeBlock(db: pg.ClientBase, blockNo: number): Promise<void> {
  const signatures = createSignatures();
  const segmentCount = await eachSegmentOf(db, blockNo, (position, body) => addText(signatures, position, body));
  await many(db, 'delete from segment_slices where block_no = $1', [blockNo]);
  await copySlices(db, blockNo, signatures);
  await many(db, RECORD_BLOCK, [blockNo, segmentCount]);
}

function addText(signatures: Signatures, position: number, body: string | null): void {
  if (body === null) signatures.addEvery(position);
  else signatures.add(position, body);
}

/**
 * Calls `visit` with the position and body of each segment of a block. The body is null if it is not read. Returns the
 * number of segments. It yields to the event loop between segments.
 */
export async function eachSegmentOf(
  db: Queryable,
  blockNo: number,
  visit: (position: number, body: string | null, contactId: number) => void,
): Promise<number> {
  const firstNo = blockNo * BLOCK_SEGMENTS;
  const numbers = [firstNo, firstNo + BLOCK_SEGMENTS - 1];
  let [count, heldSinceMs] = [0, performance.now()];
  const visitRows = async (rows: SegmentRow[]): Promise<void> => {
    for (const { segmentNo, body, contactId } of rows) {
      visit(segmentNo - firstNo, body, contactId);
      if (performance.now() - heldSinceMs < HELD_MS) continue;
      await letOthersRun();
      heldSinceMs = performance.now();
    }
    count += rows.length;
  };
  await readInBatches<SegmentRow>(db, SEGMENTS, numbers, visitRows, ROWS_AT_ONCE);
  return count;
}

interface SegmentRow {
  segmentNo: number;
  contactId: number;
  body: string | null;
  [column: string]: unknown;
}

const NEXT_BLOCK = 'select coalesce(max(block_no) + 1, 0) as "blockNo" from segment_blocks';

const SEGMENTS = `
  select segment_no as "segmentNo", contact_id as "contactId",
    case when octet_length(body) <= ${MAX_READ_BYTES} then body end as body
  from message_segments
  where segment_no between $1 and $2`;

const RECORD_BLOCK = `
  insert into segment_blocks (block_no, segment_count) values ($1, $2)
  on conflict (block_no) do update set segment_count = excluded.segment_count`;
