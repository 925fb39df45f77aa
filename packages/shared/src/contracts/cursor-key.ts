import { z } from 'zod';
import { exactTimestamp, id } from './text.ts';

export const NO_CURSOR = 'is not a cursor of this list; take pagination.nextCursor of the page before';

/** A cursor begins with so many characters of a digest; the rest is the key, as JSON in base64url. */
export const DIGEST_LENGTH = 8;

/** The sort key of a page's last row: times as ISO text, ids as numbers. */
export type CursorKey = (string | number)[];

/** The key of a list by id. */
export const idKey = z.tuple([id]);
/** The key of a list by time, then id. */
export const timeKey = z.tuple([exactTimestamp, id]);
/** The same of a search, and how many rows lie before the page. */
export const foundKey = z.tuple([exactTimestamp, id, z.int().min(0)]);

/** The JSON that a cursor of any list contains; undefined where it contains none. */
export function cursorKey(cursor: string): unknown {
  try {
    const base64 = cursor.slice(DIGEST_LENGTH).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // no schema accepts it
  }
}
