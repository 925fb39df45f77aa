import type { Queryable } from '../connection/pool.ts';
import { type Candidates, findCandidates, measurePrecision } from '../search-index/find-candidates.ts';
import { findFiltered } from './filtered.ts';
import type { Found, Range } from './found.ts';
import { findRecent } from './recent.ts';
import type { SearchTerm } from './term.ts';

/** Up to this many candidates are all read at once, which gives an exact total: 8 ms. */
const FEW_CANDIDATES = 1_000;

/** With more candidates, this many are read to estimate the share of true matches: 0.3 ms. */
const SAMPLE = 64;

/** A longer candidate list costs more than it saves. Every segment of a recent conversation is read instead. */
const MOST_CANDIDATES = 20_000;

/** The recent conversations are read this many times deeper than estimated, because a term can be in old ones only. */
const PATIENCE = 3;

/**
 * Finds the matching conversations, newest first. The index returns the segments that may contain the term. If these
 * candidates are few, all of them are read. If they are many, the recent conversations are read first, as long as that
 * costs less than reading all candidates. They usually fill the page.
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

/** Estimates how many recent conversations must be read to fill the page. Reading one costs as much as a candidate. */
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
