import type { Queryable } from '../pool.ts';
import type { FoundRow } from './found-row.ts';
import { findByTrigrams, listMatching, type MessageSource, segmentsAreComplete } from './matching-contacts.ts';
import type { SearchTerm } from './term.ts';
import { type AfterKey, walkConversations, walkWasComplete } from './walk.ts';

/** Conversations a first and a second walk look at. */
const SHORT_WALK = 400;
const LONG_WALK = 4_000;

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
  path: 'walk' | 'trigrams' | 'scan' | 'messages';
}

/**
 * Finds the conversations that match. The obvious query is terrible for some terms and the planner cannot see for
 * which, so a short walk over the newest conversations is tried first: it answers frequent terms, and its yield tells
 * whether a longer one would. Else the trigram index, where the term has a trigram and matches few messages; else a scan
 * of all segments. The last two know the exact total.
 */
export async function findConversations(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found> {
  if (!(await segmentsAreComplete(db))) return findInSet(db, term, { kind: 'messages' }, wanted);
  const walked = await tryWalks(db, term, wanted);
  if (walked) return walked;
  const contactIds = await findByTrigrams(db, term);
  return findInSet(db, term, contactIds ? { kind: 'ids', contactIds } : { kind: 'segments' }, wanted);
}

async function tryWalks(
  db: Queryable,
  term: SearchTerm,
  { after, offset, seen, wanted }: Wanted,
): Promise<Found | undefined> {
  const enough = offset + wanted;
  for (const depth of [SHORT_WALK, LONG_WALK]) {
    if (enough > depth) continue;
    const rows = await walkConversations(db, term, { after, depth, wanted: enough });
    const isComplete = rows.length < enough && (await walkWasComplete(db, { after, depth }));
    if (rows.length >= enough || isComplete) {
      const total = seen - offset + rows.length;
      return { rows: rows.slice(offset), total, totalIsExact: isComplete, path: 'walk' };
    }
    const expected = (rows.length * LONG_WALK) / depth;
    if (expected < enough) return undefined;
  }
  return undefined;
}

const PATHS = { ids: 'trigrams', segments: 'scan', messages: 'messages' } as const;

async function findInSet(db: Queryable, term: SearchTerm, source: MessageSource, wanted: Wanted): Promise<Found> {
  const { rows, total } = await listMatching(db, term, source, wanted);
  return { rows, total, totalIsExact: true, path: PATHS[source.kind] };
}
