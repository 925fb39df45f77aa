import type { Queryable } from '../pool.ts';
import { findRarestNgram } from './candidates.ts';
import { findAmong, findOnWalk, LONG_WALK, SHORT_WALK } from './find-newest.ts';
import { enough, type Found, isAnswer, type Wanted } from './found.ts';
import { segmentsAreComplete } from './matching-contacts.ts';
import { signatureBitsOf } from './signature.ts';
import type { SearchTerm } from './term.ts';

/** Conversations that can all be looked into in 25 ms or so. */
const FEW_CANDIDATES = 1_000;
/** Of more, so many are looked into first. */
const FIRST_CANDIDATES = 100;

/** How to go on where the quick ways did not answer. */
export type SlowWay = 'longWalk' | 'sets' | 'messages' | { ngram: number };

/**
 * Finds the conversations that match by what takes a few milliseconds, or says how to go on. The obvious query is terrible
 * for some terms and the planner cannot see for which, so a short walk over the newest conversations is tried first: over
 * those alone that have the term's rarest n-gram, where few have. It answers frequent terms, and its yield tells whether a
 * longer one would.
 */
export async function findQuickly(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | SlowWay> {
  if (!(await segmentsAreComplete(db))) return 'messages';
  const rarest = await findRarestNgram(db, term);
  if (rarest === undefined) return walkShortly(db, term, wanted);
  const { ngram, contactCount } = rarest;
  // The trigram index or the signatures may do better than to look through many.
  const mayDoBetter = term.trigrams.length > 0 && contactCount > FEW_CANDIDATES;
  const depth = mayDoBetter && enough(wanted) <= FIRST_CANDIDATES ? FIRST_CANDIDATES : null;
  const found = await findAmong(db, term, wanted, { ngram, depth });
  if (!found) return walkShortly(db, term, wanted);
  if (isAnswer(found, wanted) || depth === null) return found;
  if (!mayYield(found, wanted, term)) return { ngram };
  return (await findAmong(db, term, wanted, { ngram, depth: null })) ?? 'longWalk';
}

async function walkShortly(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | SlowWay> {
  if (enough(wanted) > LONG_WALK) return 'sets';
  if (enough(wanted) > SHORT_WALK) return 'longWalk';
  const found = await findOnWalk(db, term, wanted, SHORT_WALK);
  if (isAnswer(found, wanted)) return found;
  return mayYield(found, wanted, term) ? 'longWalk' : 'sets';
}

/**
 * Whether as many times more as a long walk is longer than a short one would be enough; twice that where the signatures
 * cost no more than a long walk that was in vain: in older conversations there is less to find.
 */
function mayYield({ total }: Found, wanted: Wanted, term: SearchTerm): boolean {
  const foundByNow = total - wanted.seen + wanted.offset;
  const needed = signatureBitsOf(term.folded).length > 0 ? 2 * enough(wanted) : enough(wanted);
  return (foundByNow * LONG_WALK) / SHORT_WALK >= needed;
}
