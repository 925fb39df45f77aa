import { InvalidInputError, withoutInvisible } from '@messaging/shared';
import { foldText } from './fold-text.ts';
import { signatureBitsOf } from './signature.ts';

/** A search term in the forms the queries need. */
export interface SearchTerm {
  /** Without case and accents. */
  folded: string;
  /** How to look for the term in a text. */
  test: SubstringTest;
  /** What that test takes: the folded term or its pattern. */
  needle: string;
  /** For LIKE: the folded term as a plain substring. */
  pattern: string;
  /** Where the term can only be a phone number, its digits. */
  digits: string | null;
  digitsPattern: string | null;
  /** Each three letters or digits in a row, which is what the trigram index knows; without any it is of no use. */
  trigrams: string[];
  /** What the signature of a segment must have to hold the term; none for less than four characters. */
  signatureBits: number[];
}

/**
 * `strpos` (Boyer-Moore-Horspool) skips as many bytes as the term has, LIKE looks at each. Measured over 240 MB of
 * segments: two bytes 600 ms against 400, three the same, six 258 against 404, twenty 193 against 556.
 */
export type SubstringTest = 'strpos' | 'like';

/** SQL that is true where `column` contains the term, whose `needle` is `$1`. */
export const contains = (column: string, test: SubstringTest): string =>
  test === 'like' ? `${column} like $1` : `strpos(${column}, $1) > 0`;

/**
 * Prepares a term that is trimmed and not empty.
 * @throws InvalidInputError where nothing is left without what does not count: it would be found everywhere
 */
export function toSearchTerm(text: string): SearchTerm {
  const folded = foldText(text);
  if (folded.trim() === '') {
    const message = 'must have a character that counts: accents and other marks alone find nothing';
    throw new InvalidInputError([{ path: 'searchValue', message }]);
  }
  const pattern = toPattern(folded);
  const digits = toDigits(text);
  const test = Buffer.byteLength(folded) <= 3 && !/[\\%_]/.test(folded) ? 'like' : 'strpos';
  return {
    folded,
    test,
    needle: test === 'like' ? pattern : folded,
    pattern,
    digits,
    digitsPattern: digits && toPattern(digits),
    trigrams: [...new Set(Array.from(folded.matchAll(/(?=([\p{L}\p{N}]{3}))/gu), ([, trigram]) => trigram ?? ''))],
    signatureBits: signatureBitsOf(folded),
  };
}

/** What stands between the digits of phone numbers: spaces and dashes of any kind, and some marks. */
const PHONE_NUMBER = /^[\p{Nd}\s\p{Pd}\u2212+()./]+$/u;

/** The digits, as 0 to 9, of a term that has three or more, and else only what phone numbers are written with. */
function toDigits(text: string): string | null {
  const visible = withoutInvisible(text);
  if (!PHONE_NUMBER.test(visible)) return null;
  const digits = visible.match(/\p{Nd}/gu) ?? [];
  return digits.length >= 3 ? digits.map(toAsciiDigit).join('') : null;
}

/** Digits of any script stand in Unicode in runs of ten, from 0 to 9, some of them one after the other. */
function toAsciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) as number;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - before - 1))) before++;
  return String(before % 10);
}

/** `%`, `_` and `\` are ordinary characters. */
function toPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
