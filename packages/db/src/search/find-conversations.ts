import type { Queryable } from '../pool.ts';
import { findAmongCandidates, findRarestNgram } from './candidates.ts';
import type { FoundRow } from './found-row.ts';
import { findByTrigrams, listMatching, type MessageSource, segmentsAreComplete } from './matching-contacts.ts';
import type { SearchTerm } from './term.ts';
import { type AfterKey, walkConversations, walkWasComplete } from './walk.ts';

/** Conversations a first and a second walk look at. */
const SHORT_WALK = 400;
const LONG_WALK = 4_000;

/** Conversations that can all be looked into in 25 ms or so. */
const FEW_CANDIDATES = 1_000;

/** Where the wanted rows begin: after a key, or after `offset` rows; `seen` is how many lie before them. */
export interface Wanted {
  after: AfterKey;
  offset: number;
  seen: number;
  wanted: number;
}

/** The wanted rows (or all there are), and how many conversations match in all. */
export interface Found {
  rows: FoundRow[];
  total: number;
  totalIsExact: boolean;
  path: 'ngrams' | 'walk' | 'trigrams' | 'scan' | 'messages';
}

/** How to go on where the quick ways did not answer. */
export type SlowWay = 'longWalk' | 'trigrams' | 'messages' | { ngram: number };

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
  // The trigram index may do better than to look through many.
  const mayUseTrigrams = term.trigrams.length > 0 && contactCount > FEW_CANDIDATES;
  const depth = mayUseTrigrams && enough(wanted) <= SHORT_WALK ? SHORT_WALK : null;
  const found = await findAmong(db, term, wanted, { ngram, depth });
  if (!found) return walkShortly(db, term, wanted);
  if (isAnswer(found, wanted) || depth === null) return found;
  if (!mayYield(found, wanted)) return { ngram };
  return (await findAmong(db, term, wanted, { ngram, depth: null })) ?? 'longWalk';
}

/**
 * Finds them by what may take a good part of a second: the trigram index, where the term has a trigram and matches few
 * messages; a longer walk; a scan of all segments.
 */
export async function findSlowly(db: Queryable, term: SearchTerm, wanted: Wanted, way: SlowWay): Promise<Found> {
  if (way === 'messages') return findInSet(db, term, { kind: 'messages' }, wanted);
  if (way === 'longWalk') {
    const found = await walk(db, term, wanted, LONG_WALK);
    if (isAnswer(found, wanted)) return found;
  }
  const contactIds = await findByTrigrams(db, term);
  if (contactIds) return findInSet(db, term, { kind: 'ids', contactIds }, wanted);
  const { ngram } = typeof way === 'object' ? way : {};
  const found = ngram === undefined ? undefined : await findAmong(db, term, wanted, { ngram, depth: null });
  return found ?? findInSet(db, term, { kind: 'segments' }, wanted);
}

async function walkShortly(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | SlowWay> {
  if (enough(wanted) > LONG_WALK) return 'trigrams';
  if (enough(wanted) > SHORT_WALK) return 'longWalk';
  const found = await walk(db, term, wanted, SHORT_WALK);
  if (isAnswer(found, wanted)) return found;
  return mayYield(found, wanted) ? 'longWalk' : 'trigrams';
}

async function walk(db: Queryable, term: SearchTerm, wanted: Wanted, depth: number): Promise<Found> {
  const { after } = wanted;
  const rows = await walkConversations(db, term, { after, depth, wanted: enough(wanted) });
  const isComplete = rows.length < enough(wanted) && (await walkWasComplete(db, { after, depth }));
  return toFound('walk', rows, wanted, isComplete);
}

async function findAmong(
  db: Queryable,
  term: SearchTerm,
  wanted: Wanted,
  { ngram, depth }: { ngram: number; depth: number | null },
): Promise<Found | undefined> {
  const { after } = wanted;
  const among = await findAmongCandidates(db, term, { ngram, after, depth, wanted: enough(wanted) });
  return among && toFound('ngrams', among.rows, wanted, among.isComplete);
}

/** What was found from the start on, as far as wanted. */
function toFound(path: Found['path'], rows: FoundRow[], { offset, seen }: Wanted, totalIsExact: boolean): Found {
  return { rows: rows.slice(offset), total: seen - offset + rows.length, totalIsExact, path };
}

const enough = ({ offset, wanted }: Wanted): number => offset + wanted;

const isAnswer = ({ rows, totalIsExact }: Found, { wanted }: Wanted): boolean => totalIsExact || rows.length >= wanted;

/** Whether as many times more as a long walk is longer than a short one would be enough. */
const mayYield = ({ total }: Found, wanted: Wanted): boolean =>
  ((total - wanted.seen + wanted.offset) * LONG_WALK) / SHORT_WALK >= enough(wanted);

const PATHS = { ids: 'trigrams', segments: 'scan', messages: 'messages' } as const;

async function findInSet(db: Queryable, term: SearchTerm, source: MessageSource, wanted: Wanted): Promise<Found> {
  const { rows, total } = await listMatching(db, term, source, wanted);
  return { rows, total, totalIsExact: true, path: PATHS[source.kind] };
}
