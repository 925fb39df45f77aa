import type { Queryable } from '../connection/pool.ts';
import { type Candidates, estimateContacts, findCandidates } from '../search-index/find-candidates.ts';
import { findFiltered } from './filtered.ts';
import type { Found, Range } from './found.ts';
import { findRecent } from './recent.ts';
import type { SearchTerm } from './term.ts';

/** Up to this many candidates are all read at once, which gives an exact total: 6 ms. */
const FEW_CANDIDATES = 1_000;

/**
 * Up to this many candidates, their contacts are looked up first: 1 µs each. Then it costs 2 µs to pass over a recent
 * conversation without a candidate. For more, it is cheaper to look at the segments of each conversation: 10 µs.
 */
export const SOME_CANDIDATES = 5_000;

/** For more candidates than this, every segment of a recent conversation is read: up to 80 µs. */
export const MANY_CANDIDATES = 20_000;

/** This many candidates are read to estimate how many contacts really match: 0.4 ms. */
const SAMPLE = 64;

/** What was found, and the segments to look at for where; undefined if the term can be in too many of them. */
export interface FoundAmong extends Found {
  /** Nothing was read before it. */
  snapshot: string;
  among: Candidates | undefined;
}

/**
 * Finds the matching conversations, newest first. The index returns the segments that may contain the term. If these
 * candidates are few, all of them are read. If they are many, the recent conversations are read first. They usually fill
 * the page. If not, they have cost no more than the reading of all candidates (5 to 8 µs each), which follows.
 */
export async function find(db: Queryable, term: SearchTerm, range: Range): Promise<FoundAmong> {
  const candidates = await findCandidates(db, term.bits);
  const { count, snapshot } = candidates;
  const among = count <= SOME_CANDIDATES ? candidates : undefined;
  if (count > FEW_CANDIDATES) {
    const depth = Math.ceil(count <= SOME_CANDIDATES ? 2 * count : count <= MANY_CANDIDATES ? count / 2 : count / 10);
    if ((await expectDepth(db, term, range, candidates)) < depth) {
      const known = count <= MANY_CANDIDATES ? candidates : undefined;
      const recent = await findRecent(db, term, range, {
        depth,
        candidates: known,
        contactsFirst: among !== undefined,
      });
      if (recent.rows.length >= range.limit) return { ...recent, among, snapshot };
    }
  }
  return { ...(await findFiltered(db, term, range, candidates)), among, snapshot };
}

/** Estimates how many recent conversations must be read to fill the page. */
async function expectDepth(
  db: Queryable,
  term: SearchTerm,
  { offset, limit }: Range,
  candidates: Candidates,
): Promise<number> {
  const { count, conversations } = candidates;
  const contacts =
    count > MANY_CANDIDATES ? count : await estimateContacts(db, term.folded, candidates.segmentNos(), SAMPLE);
  return ((offset + limit) * conversations) / contacts;
}
