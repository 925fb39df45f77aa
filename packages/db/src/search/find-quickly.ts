import type { Queryable } from '../pool.ts';
import { findRarestNgram } from './candidates.ts';
import { findAmong, findOnWalk, LONG_WALK, MIDDLE_WALK, SHORT_WALK } from './find-newest.ts';
import { enough, type Found, isAnswer, type Wanted } from './found.ts';
import { segmentsAreComplete } from './matching-contacts.ts';
import type { SearchTerm } from './term.ts';

/** Conversations with an n-gram that can all be looked into in 25 ms or so. */
const FEW_CANDIDATES = 1_000;

/** How to go on where the quick ways did not answer. */
export type SlowWay = 'longWalk' | 'sets' | 'messages' | { ngram: number };

/**
 * Finds the conversations that match by what takes a few milliseconds, or says how to go on. The obvious query is terrible
 * for some terms and the planner cannot see for which. So where few have the term's rarest n-gram, these are looked into;
 * else the newest conversations. That answers frequent terms, and its yield tells whether it is worth to go further.
 */
export async function findQuickly(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | SlowWay> {
  if (!(await segmentsAreComplete(db))) return 'messages';
  const rarest = await findRarestNgram(db, term);
  if (rarest === undefined) return walkShortly(db, term, wanted);
  const { ngram, contactCount } = rarest;
  if (contactCount <= FEW_CANDIDATES || term.trigrams.length === 0) {
    return (await findAmong(db, term, wanted, { ngram, depth: null })) ?? 'sets';
  }
  const found = await walkShortly(db, term, wanted);
  if (found !== 'longWalk') return found === 'sets' ? { ngram } : found;
  const among = await findAmong(db, term, wanted, { ngram, depth: FEW_CANDIDATES });
  return among && isAnswer(among, wanted) ? among : { ngram };
}

async function walkShortly(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | 'longWalk' | 'sets'> {
  if (enough(wanted) > LONG_WALK) return 'sets';
  if (enough(wanted) > MIDDLE_WALK) return 'longWalk';
  const depth = enough(wanted) > SHORT_WALK ? MIDDLE_WALK : SHORT_WALK;
  const found = await findOnWalk(db, term, wanted, depth);
  if (isAnswer(found, wanted)) return found;
  if (depth < MIDDLE_WALK && mayYield(found, wanted, term, MIDDLE_WALK / depth)) {
    const further = await findOnWalk(db, term, wanted, MIDDLE_WALK);
    if (isAnswer(further, wanted)) return further;
  }
  return mayYield(found, wanted, term, LONG_WALK / depth) ? 'longWalk' : 'sets';
}

/**
 * Whether a walk so many times longer would find enough; or twice that, where the signatures cost no more than a long walk
 * that was in vain: in older conversations there is less to find.
 */
function mayYield({ total }: Found, wanted: Wanted, term: SearchTerm, times: number): boolean {
  const foundByNow = total - wanted.seen + wanted.offset;
  const needed = term.signatureBits.length > 0 ? 2 * enough(wanted) : enough(wanted);
  return foundByNow * times >= needed;
}
