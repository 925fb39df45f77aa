import type { Queryable } from '../connection/pool.ts';
import { type Candidates, findCandidates, measurePrecision } from '../search-index/find-candidates.ts';
import { findFiltered } from './filtered.ts';
import type { Found, Range } from './found.ts';
import { findRecent } from './recent.ts';
import type { SearchTerm } from './term.ts';

/** So many candidates are all read at once, for an exact total: 8 ms. */
const FEW_CANDIDATES = 1_000;

/** Of more, so many are read to learn how many hold the term: 0.3 ms. */
const SAMPLE = 64;

/** A list of so many numbers costs more than it saves: every segment of a recent conversation is read then. */
const MOST_CANDIDATES = 20_000;

/** How much further than expected the recent conversations are looked through: a term can be in old ones alone. */
const PATIENCE = 3;

/**
 * Finds the conversations that match, newest first. The index says which segments may hold the term. Few are all read. Of many, the
 * page is soon found among the recent conversations, where reading all would take longer than looking for so long.
 */
export async function find(db: Queryable, term: SearchTerm, range: Range): Promise<Found> {
  const candidates = await findCandidates(db, term.bits);
  if (candidates.count > FEW_CANDIDATES) {
    const depth = PATIENCE * (await expectDepth(db, term, range, candidates));
    if (depth < candidates.count) {
      const among = candidates.count <= MOST_CANDIDATES ? candidates : undefined;
      const recent = await findRecent(db, term, range, depth, among);
      if (recent.rows.length >= range.limit) return recent;
    }
  }
  return findFiltered(db, term, range, candidates);
}

/** In how many of the newest conversations the page is, if they are like the others: to look at one costs what a candidate does. */
async function expectDepth(
  db: Queryable,
  term: SearchTerm,
  { offset, limit }: Range,
  candidates: Candidates,
): Promise<number> {
  const { count, conversations } = candidates;
  const precision =
    count > MOST_CANDIDATES ? 1 : await measurePrecision(db, term.folded, candidates.segmentNos(), SAMPLE);
  return Math.ceil(((offset + limit) * conversations) / (count * precision));
}
