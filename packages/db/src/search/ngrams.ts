/** Joins the messages of a segment: folding removes it from every text. No n-gram reaches across it. */
export const SEPARATOR = '\u0300';

export const SEPARATOR_CODE = 0x300;

/** An n-gram that more contacts have has no list: a walk over the newest conversations finds it soon. */
export const MAX_LISTED_CONTACTS = 4_000;

/** A contact with more n-grams than this is listed with `EVERY_NGRAM` in their place. */
export const MAX_CONTACT_NGRAMS = 16_384;

/** A contact that is listed with it is a candidate for every term. No text contains this character. */
export const EVERY_NGRAM = 0;

/**
 * Calls `visit` with each n-gram of a folded text, repeated ones too: each code point, and each two in a row, as a number
 * of 32 bits. Two n-grams can have the same number: who looks for one finds a little more.
 */
export function eachNgram(folded: string, visit: (ngram: number) => void): void {
  let previous = 0;
  for (let at = 0; at < folded.length; at++) {
    const code = folded.codePointAt(at) as number;
    if (code > 0xffff) at += 1; // two units
    if (code === SEPARATOR_CODE) {
      previous = 0;
      continue;
    }
    visit(code);
    if (previous !== 0) visit(pair(previous, code));
    previous = code;
  }
}

/** The n-grams that a text must have to contain the folded term: pairs, or the character of a term that has only one. */
export function ngramsOf(folded: string): number[] {
  const codes = Array.from(folded, (character) => character.codePointAt(0) as number);
  const pairs = codes.slice(1).map((code, index) => pair(codes[index] as number, code));
  return [...new Set(pairs.length > 0 ? pairs : codes)];
}

/** Knuth's multiplicative hash of the first, TAOCP 6.4, plus the second. */
const pair = (first: number, second: number): number => (Math.imul(first, 0x9e3779b1) + second) | 0;
