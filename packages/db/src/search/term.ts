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

/** Prepares a term that is trimmed and not empty. */
export function toSearchTerm(text: string): SearchTerm {
  const folded = foldText(text);
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

/** The digits of a term that has three or more, and else only `+ - ( ) .` and spaces. */
function toDigits(text: string): string | null {
  if (!/^[0-9+\-(). ]+$/.test(text)) return null;
  const digits = text.replace(/[^0-9]/g, '');
  return digits.length >= 3 ? digits : null;
}

/** `%`, `_` and `\` are ordinary characters. */
function toPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
