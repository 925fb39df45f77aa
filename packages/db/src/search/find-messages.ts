import { bigintArray } from '../connection/bigint-array.ts';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { type Candidates, findCandidates } from '../search-index/find-candidates.ts';
import { MANY_CANDIDATES, SOME_CANDIDATES } from './find.ts';
import { allMatches, declareMatches, NEWEST_MESSAGES, UNSEGMENTED_MATCHES } from './message-statements.ts';
import type { SearchTerm } from './term.ts';

/** Which matching messages are requested. */
export interface MessageFilters {
  contactId?: number | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  from?: string | undefined;
  /** Time and id of the message before the first wanted one. */
  after: (string | number)[] | null;
}

/** A matching message, and where in its folded content the first match is, from 1. */
export interface FoundMessage {
  id: number;
  createdAt: string;
  foldedStart: number;
  [column: string]: unknown;
}

/** The newest matching messages, and how many there are: exactly, or at least. */
export interface FoundMessages {
  found: FoundMessage[];
  total: number;
  totalIsExact: boolean;
  snapshot: string;
}

/**
 * A term that so many of the newest messages should hold often enough is looked for among them, 4 to 16 µs each. To know the
 * candidates and open some 600 segments takes about as long as 8,000 messages.
 */
const NEAR_MESSAGES = 12_000;

/**
 * Of a contact with many segments only the candidates are opened, up to so many. To pass 40,000 takes some 15 ms, to open 15,000
 * segments 100.
 */
const MANY_SEGMENTS = 2_000;
const MOST_KNOWN = 80_000;

/** It is looked for among this many times as many, because it may be rarer among the newest. */
const PATIENCE = 2;

/** A page that begins deeper than this is found by PostgreSQL alone, which keeps on disk what is too much for memory. */
const DEEP = 20_000;

/** Rows that are read at once, at first and at most: a quarter of what was read, so that little is read in vain. */
const FIRST_ROWS = 128;
const MOST_ROWS = 2_048;

/**
 * Finds the newest messages that contain the term, newest first: `limit` of them after `offset`, or all there are. Must run in
 * one snapshot: a repeatable read transaction. `signal` is looked at between statements.
 */
export async function findMessages(
  db: Queryable,
  { folded, bits }: SearchTerm,
  filters: MessageFilters,
  { offset, limit }: { offset: number; limit: number },
  signal?: AbortSignal,
): Promise<FoundMessages> {
  const candidates = await findCandidates(db, bits);
  const { snapshot } = candidates;
  const values = valuesOf(folded, filters);
  const isOfContact = filters.contactId !== undefined;
  const needed = offset + limit;
  // At least one message of a candidate should match, of the 32 that a segment can have.
  const expected = (needed * 32 * candidates.firstUnindexed) / candidates.count;
  const isFrequent = candidates.count > MANY_CANDIDATES && (await isQuickerWithout(db, candidates, filters, expected));
  const known = isFrequent ? null : bigintArray(candidates.segmentNos());
  if (offset > DEEP) {
    const all = [...values, known, candidates.firstUnindexed, offset, limit];
    const text = allMatches(wayOf(candidates, isOfContact));
    const rows = await many<FoundMessage & { total: number }>(db, text, all);
    const found = rows.filter(({ id }) => id !== null);
    return { found, total: rows[0]?.total ?? 0, totalIsExact: true, snapshot };
  }
  if (isFrequent && !isOfContact) {
    // In vain, this may cost what reading all segments costs.
    const depth = Math.ceil(Math.min(PATIENCE * expected, candidates.firstUnindexed / 2));
    const found = await findAmongNewest(db, folded, filters, depth, needed);
    if (found.length >= needed) return { found: found.slice(offset), total: needed, totalIsExact: false, snapshot };
  }
  const unsegmented = await many<FoundMessage>(db, UNSEGMENTED_MATCHES, [...values, needed], 'find-unsegmented');
  await many(db, declareMatches(wayOf(candidates, isOfContact)), [...values, known, candidates.firstUnindexed]);
  const { found, total, isComplete } = await readUntilFull(db, unsegmented, needed, signal);
  const totalIsExact = isComplete && unsegmented.length < needed;
  return { found: found.slice(offset), total, totalIsExact, snapshot };
}

/** True if many candidates are better not passed to PostgreSQL: to read messages, or all segments of a contact, is quicker. */
async function isQuickerWithout(
  db: Queryable,
  { count }: Candidates,
  { contactId }: MessageFilters,
  expectedMessages: number,
): Promise<boolean> {
  if (contactId === undefined) return expectedMessages <= NEAR_MESSAGES;
  if (count > MOST_KNOWN) return true;
  const text = 'select from message_segments where contact_id = $1 order by newest_at desc limit $2';
  return (await many(db, text, [contactId, MANY_SEGMENTS], 'find-many-segments')).length < MANY_SEGMENTS;
}

/** The matches among the `depth` newest messages, newest first: `needed` of them, or as many as there are. */
export const findAmongNewest = (
  db: Queryable,
  folded: string,
  filters: MessageFilters,
  depth: number,
  needed: number,
): Promise<FoundMessage[]> =>
  many<FoundMessage>(db, NEWEST_MESSAGES, [...valuesOf(folded, filters), depth, needed], 'find-newest-messages');

function valuesOf(folded: string, { contactId, direction, from, after }: MessageFilters): unknown[] {
  const [lastAt = null, lastId = null] = after ?? [];
  return [folded, contactId ?? null, direction ?? null, from ?? null, lastAt, lastId];
}

function wayOf({ count }: Candidates, isOfContact: boolean): 'ofContact' | 'few' | 'newest' {
  if (isOfContact) return 'ofContact';
  return count <= SOME_CANDIDATES ? 'few' : 'newest';
}

/** A segment without a match has a row too: it tells how far was read. */
type SegmentRow = { newestAt: string } & (FoundMessage | { id: null });

/**
 * Reads the cursor of segments, newest first, and keeps the `needed` newest matches. These are certain once no segment is left
 * that can have a newer one.
 */
async function readUntilFull(
  db: Queryable,
  unsegmented: FoundMessage[],
  needed: number,
  signal: AbortSignal | undefined,
): Promise<{ found: FoundMessage[]; total: number; isComplete: boolean }> {
  let found = unsegmented.toSorted(newestFirst);
  let total = found.length;
  for (let read = 0; ; ) {
    signal?.throwIfAborted();
    const size = Math.min(MOST_ROWS, Math.max(FIRST_ROWS, Math.ceil(read / 4)));
    const rows = await many<SegmentRow>(db, `fetch ${size} from matches`);
    read += rows.length;
    const added = rows.filter((row): row is FoundMessage & { newestAt: string } => row.id !== null);
    total += added.length;
    found = [...found, ...added].sort(newestFirst).slice(0, needed);
    const isComplete = rows.length < size;
    const isFull = (found[needed - 1]?.createdAt ?? '') > (rows.at(-1)?.newestAt ?? '');
    if (!isComplete && !isFull) continue;
    await many(db, 'close matches');
    // Of those that were read, some may be older than others that were not: only the needed ones are sure.
    return { found, total: isComplete ? total : Math.min(total, needed), isComplete };
  }
}

/** Times are ISO text of one form, so they compare as text. */
const newestFirst = (a: FoundMessage, b: FoundMessage): number =>
  a.createdAt === b.createdAt ? b.id - a.id : a.createdAt < b.createdAt ? 1 : -1;
