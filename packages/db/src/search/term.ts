import { foldText } from './fold-text.ts';

/** A search term in the forms the queries need. */
export interface SearchTerm {
  /** Without case and accents. */
  folded: string;
  /** For LIKE: the folded term as a plain substring. */
  pattern: string;
  /** Where the term can only be a phone number, its digits. */
  digits: string | null;
  digitsPattern: string | null;
  /** Whether it has three letters or digits in a row, which is what the trigram indexes know. */
  hasTrigram: boolean;
}

/** Prepares a term that is trimmed and not empty. */
export function toSearchTerm(text: string): SearchTerm {
  const folded = foldText(text);
  const digits = toDigits(text);
  return {
    folded,
    pattern: toPattern(folded),
    digits,
    digitsPattern: digits && toPattern(digits),
    hasTrigram: /[\p{L}\p{N}]{3}/u.test(folded),
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
