import { foldText, foldWithOffsets } from './fold-with-offsets.ts';

/** The part of a text around a match. Ranges are UTF-16 offsets [start, end) into `snippet`. */
export interface Snippet {
  snippet: string;
  ranges: [number, number][];
}

const CONTEXT_BEFORE = 60;
const SNIPPET_LENGTH = 200;

/**
 * The whole text, with every occurrence of `term`. PostgreSQL has found the match. If this function finds none, because
 * the Unicode versions differ, the range is the whole text.
 */
export function highlight(text: string, searched: string): Snippet {
  const term = foldText(searched);
  const { folded, starts, ends } = foldWithOffsets(text);
  const ranges: [number, number][] = [];
  for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
    const start = starts[at];
    const end = ends[at + term.length - 1];
    if (start === undefined || end === undefined) break;
    const last = ranges.at(-1);
    // A character that folds to two can end one match and begin the next. The two matches then become one range.
    if (last && start < last[1]) last[1] = end;
    else ranges.push([start, end]);
  }
  return { snippet: text, ranges: ranges.length > 0 ? ranges : [[0, text.length]] };
}

/** Returns about 200 characters around the first match, or more if the match is longer, with the ranges inside them. */
export function excerpt(text: string, term: string): Snippet {
  const { ranges } = highlight(text, term);
  const [firstStart, firstEnd] = ranges[0] as [number, number];
  if (text.length <= SNIPPET_LENGTH) return { snippet: text, ranges };
  const from = toBoundary(text, Math.max(0, firstStart - CONTEXT_BEFORE));
  const to = toBoundary(text, Math.max(firstEnd, from + SNIPPET_LENGTH));
  return {
    snippet: text.slice(from, to),
    ranges: ranges.filter(([, end]) => end <= to).map(([start, end]) => [start - from, end - from]),
  };
}

/** The single range of a phone number that contains the digits `digits` (0 to 9), with any separators between them. */
export function highlightDigits(phoneNumber: string, digits: string): Snippet {
  const found = [...phoneNumber.matchAll(/\p{Nd}/gu)];
  const at = found
    .map(([digit]) => toAsciiDigit(digit))
    .join('')
    .indexOf(digits);
  const [first, last] = [found[at], found[at + digits.length - 1]];
  return { snippet: phoneNumber, ranges: first && last ? [[first.index, last.index + last[0].length]] : [] };
}

/** In Unicode the digits of a script form a run of ten, from 0 to 9. Some runs are adjacent. */
function toAsciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) as number;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - before - 1))) before++;
  return String(before % 10);
}

/** Moves an offset that would split a surrogate pair to before the pair. */
function toBoundary(text: string, offset: number): number {
  return /[\udc00-\udfff]/.test(text[offset] ?? '') ? offset - 1 : offset;
}
