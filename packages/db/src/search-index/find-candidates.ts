import { bigintArray } from '../connection/bigint-array.ts';
import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import { listSize } from '../queries/list-size.ts';
import { SNAPSHOT } from '../queries/snapshot.ts';
import { BLOCK_SEGMENTS } from './signature.ts';

/** The segments that may contain a term, according to the index. */
export interface Candidates {
  /** Their numbers, extracted on the first call: a frequent term has very many and does not need them. */
  segmentNos: () => number[];
  count: number;
  /** Segments from this number on are not in the index. A search must read them as well. */
  firstUnindexed: number;
  /** The number of conversations. */
  conversations: number;
  /** What was seen then, as a `pg_snapshot`. All else of a search is read later, or in the same snapshot. */
  snapshot: string;
}

/**
 * Finds the segments that have all bits of a term. The search reads the segments in a later snapshot. This is safe: a
 * segment never changes, and a segment that was rewritten, renumbered or indexed meanwhile has or had a number from
 * `firstUnindexed` on.
 */
export async function findCandidates(db: Queryable, bits: number[]): Promise<Candidates> {
  const rows = await many<BlockRow>(db, HITS, [bits], 'find-candidates');
  let segmentNos: number[] | undefined;
  return {
    count: rows.reduce((sum, { count }) => sum + (count ?? 0), 0),
    segmentNos() {
      segmentNos ??= rows.flatMap(({ blockNo, hits }) => (hits ? positionsOf(blockNo * BLOCK_SEGMENTS, hits) : []));
      return segmentNos;
    },
    firstUnindexed: rows[0]?.firstUnindexed ?? 0,
    conversations: rows[0]?.conversations ?? 0,
    snapshot: rows[0]?.snapshot ?? '',
  };
}

interface BlockRow {
  snapshot: string;
  firstUnindexed: number;
  conversations: number;
  blockNo: number;
  count: number | null;
  /** PostgreSQL's binary format of a bit string: the number of bits in four bytes, then the bits. */
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

/** If no segment of a block has a bit, the block has no row for it. */
const HITS = `
  select first_unindexed as "firstUnindexed", ${listSize('conversations')} as conversations, ${SNAPSHOT} as snapshot,
    block_no as "blockNo", bit_send(hits) as hits, bit_count(hits) as count
  from (select coalesce((max(block_no) + 1)::bigint * ${BLOCK_SEGMENTS}, 0) as first_unindexed from segment_blocks) indexed
  left join (
    select block_no, bit_and(segments) as hits
    from segment_slices
    where bit_no = any($1::integer[])
    group by block_no
    having count(*) = cardinality($1::integer[])
  ) blocks on true`;

/**
 * Estimates how many contacts have a candidate that contains the term. The other candidates are false positives.
 * @param size maximum number of candidates that are read
 */
export async function estimateContacts(
  db: Queryable,
  folded: string,
  segmentNos: number[],
  size: number,
): Promise<number> {
  const step = Math.max(1, segmentNos.length / size);
  const sample: number[] = [];
  for (let at = 0; at < segmentNos.length; at += step) sample.push(segmentNos[Math.floor(at)] as number);
  const { contacts } = await one<{ contacts: number }>(db, HOLDING, [folded, bigintArray(sample)], 'sample-candidates');
  return (contacts * segmentNos.length) / sample.length;
}

const HOLDING = `
  select count(distinct contact_id) as contacts
  from message_segments where segment_no = any($2::bigint[]) and strpos(body, $1) > 0`;
