import type { FoundRow } from './found-row.ts';
import type { AfterKey } from './walk.ts';

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
  path: 'ngrams' | 'walk' | 'trigrams' | 'signatures' | 'scan' | 'messages';
}

/** What was found from the start on, as far as wanted. */
export function toFound(path: Found['path'], rows: FoundRow[], { offset, seen }: Wanted, totalIsExact: boolean): Found {
  return { rows: rows.slice(offset), total: seen - offset + rows.length, totalIsExact, path };
}

/** How many rows have to be found from the start on. */
export const enough = ({ offset, wanted }: Wanted): number => offset + wanted;

/** Whether the wanted rows are there, or all there are. */
export const isAnswer = ({ rows, totalIsExact }: Found, { wanted }: Wanted): boolean =>
  totalIsExact || rows.length >= wanted;
