import { InvalidInputError, withoutInvisible } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { bitsOfTerm } from '../search-index/signature.ts';

/** A search term in the forms that the queries need. */
export interface SearchTerm {
  /** The term as given, for the marks in the response. */
  text: string;
  /** Folded by PostgreSQL, like all text that is searched. */
  folded: string;
  /** The digits of the term, if it can only be a phone number. */
  digits: string | null;
  /** The bits that the signature of a segment has if the segment contains the term. */
  bits: number[];
}

/**
 * PostgreSQL folds the term. Node.js has another Unicode version, and a term that it folds differently would not be
 * found.
 */
const FOLD = 'select fold_text($1) as folded, phone_digits($1) as digits';

/**
 * Prepares a term that is trimmed and not empty.
 * @throws InvalidInputError if all its characters are ignored: such a term would match everything
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

/** Digits, and the separators of phone numbers: spaces and dashes of any kind, and some marks. */
const PHONE_NUMBER = /^[\p{Nd}\s\p{Pd}\u2212+()./]+$/u;
