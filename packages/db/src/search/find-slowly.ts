import type { Queryable } from '../pool.ts';
import { findAmong, findOnWalk, LONG_WALK } from './find-newest.ts';
import type { SlowWay } from './find-quickly.ts';
import { type Found, isAnswer, type Wanted } from './found.ts';
import { listMatching, type MessageSource, signaturesServe } from './matching-contacts.ts';
import { signatureBitsOf } from './signature.ts';
import type { SearchTerm } from './term.ts';
import { findByTrigrams } from './trigrams.ts';

/** A term of so many signature bits passes nearly no segment that lacks it, and has many trigrams to read: 14 to 130 ms. */
const TELLING_BITS = 12;

/**
 * Finds them by what may take longer: a longer walk; the trigram index, where the term has a trigram and matches few
 * messages; the signatures of the segments, for terms long enough; a scan of all segments, up to a good part of a second.
 */
export async function findSlowly(db: Queryable, term: SearchTerm, wanted: Wanted, way: SlowWay): Promise<Found> {
  if (way === 'messages') return findInSet(db, term, { kind: 'messages' }, wanted);
  if (way === 'longWalk') {
    const found = await findOnWalk(db, term, wanted, LONG_WALK);
    if (isAnswer(found, wanted)) return found;
  }
  const tellApart = signatureBitsOf(term.folded).length >= TELLING_BITS;
  const ways = tellApart ? [findInSignatures, findInTrigrams] : [findInTrigrams, findInSignatures];
  for (const findIn of ways) {
    const found = await findIn(db, term, wanted);
    if (found) return found;
  }
  const { ngram } = typeof way === 'object' ? way : {};
  const found = ngram === undefined ? undefined : await findAmong(db, term, wanted, { ngram, depth: null });
  return found ?? findInSet(db, term, { kind: 'segments' }, wanted);
}

const PATHS = { ids: 'trigrams', signatures: 'signatures', segments: 'scan', messages: 'messages' } as const;

async function findInSet(db: Queryable, term: SearchTerm, source: MessageSource, wanted: Wanted): Promise<Found> {
  const { rows, total } = await listMatching(db, term, source, wanted);
  return { rows, total, totalIsExact: true, path: PATHS[source.kind] };
}

async function findInTrigrams(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | undefined> {
  const contactIds = await findByTrigrams(db, term);
  return contactIds && findInSet(db, term, { kind: 'ids', contactIds }, wanted);
}

async function findInSignatures(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | undefined> {
  if (!(await signaturesServe(db, term))) return undefined;
  const { rows, total, isWhole } = await listMatching(db, term, { kind: 'signatures' }, wanted);
  return isWhole ? { rows, total, totalIsExact: true, path: 'signatures' } : undefined;
}
