import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import { listSize } from '../queries/list-size.ts';
import { BLOCK_SEGMENTS } from './signature.ts';

/** The segments that may hold a term, as far as the index knows. */
export interface Candidates {
  segmentNos: () => number[];
  count: number;
  /** The number from which on segments are not in the index: whoever searches looks through these besides. */
  firstUnindexed: number;
  /** How many conversations there are. */
  conversations: number;
}

/**
 * Finds the segments that have all bits of a term. What is true of one snapshot is used in a later one: a segment never changes;
 * what has been written again, numbered anew or put into a block meanwhile has, or had, a number from `firstUnindexed` on.
 */
export async function findCandidates(db: Queryable, bits: number[]): Promise<Candidates> {
  const rows = await many<BlockRow>(db, HITS, [bits], 'find-candidates');
  return {
    count: rows.reduce((sum, { count }) => sum + (count ?? 0), 0),
    segmentNos: () => rows.flatMap(({ blockNo, hits }) => (hits ? positionsOf(blockNo * BLOCK_SEGMENTS, hits) : [])),
    firstUnindexed: rows[0]?.firstUnindexed ?? 0,
    conversations: rows[0]?.conversations ?? 0,
  };
}

interface BlockRow {
  firstUnindexed: number;
  conversations: number;
  blockNo: number;
  count: number | null;
  /** As PostgreSQL sends a bit string: the number of its bits in four bytes, then these. */
  hits: Buffer | null;
  [column: string]: unknown;
}

const HEAD_BYTES = 4;

function positionsOf(firstNo: number, hits: Buffer): number[] {
  const segmentNos: number[] = [];
  for (let at = HEAD_BYTES; at < hits.length; at++) {
    let byte = hits[at] as number;
    for (let position = 8 * (at - HEAD_BYTES); byte !== 0; position++, byte = (byte << 1) & 0xff) {
      if (byte & 0x80) segmentNos.push(firstNo + position);
    }
  }
  return segmentNos;
}

/** A bit that no segment of a block has, has no row there. */
const HITS = `
  select first_unindexed as "firstUnindexed", ${listSize('conversations')} as conversations, block_no as "blockNo", bit_send(hits) as hits, bit_count(hits) as count
  from (select coalesce((max(block_no) + 1)::bigint * ${BLOCK_SEGMENTS}, 0) as first_unindexed from segment_blocks) indexed
  left join (
    select block_no, bit_and(segments) as hits
    from segment_slices
    where bit_no = any($1::integer[])
    group by block_no
    having count(*) = cardinality($1::integer[])
  ) blocks on true`;

/**
 * How many of a sample of the candidates hold the term, as a share of it: the others have its bits by chance.
 * @param size of the sample, at most
 */
export async function measurePrecision(
  db: Queryable,
  folded: string,
  segmentNos: number[],
  size: number,
): Promise<number> {
  const step = Math.max(1, segmentNos.length / size);
  const sample: number[] = [];
  for (let at = 0; at < segmentNos.length; at += step) sample.push(segmentNos[Math.floor(at)] as number);
  const { holding } = await one<{ holding: number }>(db, HOLDING, [folded, sample], 'candidates-holding');
  return holding / sample.length;
}

const HOLDING = `
  select count(*) as holding
  from unnest($2::bigint[]) as no
  cross join lateral (select body from message_segments where segment_no = no offset 0) segment
  where strpos(body, $1) > 0`;
