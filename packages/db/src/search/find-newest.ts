import type { Queryable } from '../pool.ts';
import { findAmongCandidates } from './candidates.ts';
import { enough, type Found, toFound, type Wanted } from './found.ts';
import type { SearchTerm } from './term.ts';
import { walkConversations, walkWasComplete } from './walk.ts';

/** Conversations that the walks look at: the first one, and the next where it may do. */
export const SHORT_WALK = 100;
export const MIDDLE_WALK = 400;
export const LONG_WALK = 4_000;

/** Finds them among the newest `depth` conversations; exact where there are no more. */
export async function findOnWalk(db: Queryable, term: SearchTerm, wanted: Wanted, depth: number): Promise<Found> {
  const { after } = wanted;
  const rows = await walkConversations(db, term, { after, depth, wanted: enough(wanted) });
  const isComplete = rows.length < enough(wanted) && (await walkWasComplete(db, { after, depth }));
  return toFound('walk', rows, wanted, isComplete);
}

/** Finds them among the newest `depth` (null: all) conversations with an n-gram; undefined where its list is gone. */
export async function findAmong(
  db: Queryable,
  term: SearchTerm,
  wanted: Wanted,
  { ngram, depth }: { ngram: number; depth: number | null },
): Promise<Found | undefined> {
  const { after } = wanted;
  const among = await findAmongCandidates(db, term, { ngram, after, depth, wanted: enough(wanted) });
  return among && toFound('ngrams', among.rows, wanted, among.isComplete);
}
