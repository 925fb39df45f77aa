import { InvalidInputError, withoutInvisible } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { bitsOfTerm } from '../search-index/signature.ts';

/** A search term in the forms the queries need. */
export interface SearchTerm {
  /** As it was given, for the marks in the response. */
  text: string;
  /** Folded by PostgreSQL, as everything is that it is looked for in. */
  folded: string;
  /** Where the term can only be a phone number, its digits. */
  digits: string | null;
  /** The bits that the signature of a segment has if the segment holds the term. */
  bits: number[];
}

/** Folding is PostgreSQL's: Node.js knows another version of Unicode, and what it folds differently would not be found. */
const FOLD = 'select fold_text($1) as folded, phone_digits($1) as digits';

/**
 * Prepares a term that is trimmed and not empty.
 * @throws InvalidInputError where nothing is left without what does not count: it would be found everywhere
 */
export async function loadSearchTerm(db: Queryable, text: string): Promise<SearchTerm> {
  const { folded, digits } = await one<{ folded: string; digits: string }>(db, FOLD, [text], 'fold-term');
  if (folded.trim() === '') {
    const message =
      'must have a character that counts: accents, other marks and invisible characters alone find nothing';
    throw new InvalidInputError([{ path: 'searchValue', message }]);
  }
  return {
    text,
    folded,
    digits: digits.length >= 3 && PHONE_NUMBER.test(withoutInvisible(text)) ? digits : null,
    bits: bitsOfTerm(folded),
  };
}

/** Digits and what stands between them in phone numbers: spaces and dashes of any kind, and some marks. */
const PHONE_NUMBER = /^[\p{Nd}\s\p{Pd}\u2212+()./]+$/u;
