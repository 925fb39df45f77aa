import type { Queryable } from '../pool.ts';
import { findAmong, findOnWalk, LONG_WALK } from './find-newest.ts';
import type { SlowWay } from './find-quickly.ts';
import { type Found, isAnswer, type Wanted } from './found.ts';
import { listMatching, type MessageSource, signaturesServe } from './matching-contacts.ts';
import type { SearchTerm } from './term.ts';
import { findByTrigrams } from './trigrams.ts';

/** A term of so many signature bits passes nearly no segment that lacks it, and has many trigrams to read: 14 to 130 ms. */
const TELLING_BITS = 12;
/**
 * One of so many still passes so few that the trigram index is only quicker where it has next to nothing to read: a
 * trigram in 0.3 % of 5,000,000 messages takes it 20 ms, one in 0.8 % 120.
 */
const SELECTIVE_BITS = 6;
const RARE_SHARE = 0.003;

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
  const bits = (await signaturesServe(db, term)) ? term.signatureBits.length : 0;
  const byTrigrams = async () => {
    const contactIds = await findByTrigrams(db, term, bits >= SELECTIVE_BITS ? RARE_SHARE : undefined);
    return contactIds && findInSet(db, term, { kind: 'ids', contactIds }, wanted);
  };
  const bySignatures = async () => (bits > 0 ? findInSignatures(db, term, wanted) : undefined);
  const { ngram } = typeof way === 'object' ? way : {};
  const byNgram = async () => (ngram === undefined ? undefined : findAmong(db, term, wanted, { ngram, depth: null }));
  const inOrder = bits >= TELLING_BITS ? [bySignatures, byTrigrams] : [byTrigrams, bySignatures];
  for (const find of [...inOrder, byNgram]) {
    const found = await find();
    if (found) return found;
  }
  return findInSet(db, term, { kind: 'segments' }, wanted);
}

const PATHS = { ids: 'trigrams', signatures: 'signatures', segments: 'scan', messages: 'messages' } as const;

async function findInSet(db: Queryable, term: SearchTerm, source: MessageSource, wanted: Wanted): Promise<Found> {
  const { rows, total } = await listMatching(db, term, source, wanted);
  return { rows, total, totalIsExact: true, path: PATHS[source.kind] };
}

/** Undefined where the signatures have been discarded meanwhile. */
async function findInSignatures(db: Queryable, term: SearchTerm, wanted: Wanted): Promise<Found | undefined> {
  const { rows, total, isWhole } = await listMatching(db, term, { kind: 'signatures' }, wanted);
  return isWhole ? { rows, total, totalIsExact: true, path: 'signatures' } : undefined;
}
