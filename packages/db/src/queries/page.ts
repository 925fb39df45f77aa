import { type CursorKey, decodeCursor, encodeCursor, type Pagination } from '@messaging/shared';
import type { z } from 'zod';

/** Which page of a list is requested: by number, or after a cursor. */
export interface PageRequest {
  page?: number | undefined;
  pageSize: number;
  cursor?: string | undefined;
}

/** Which rows of a list by time are requested: not before `from`, and before `to`. */
export interface TimeRange {
  from?: string | undefined;
  to?: string | undefined;
}

/** Where a page begins, for SQL: rows to skip, or the key of the row before it. */
export interface PageStart<Key extends CursorKey> {
  page: number | null;
  offset: number;
  after: Key | null;
}

/**
 * Turns a page request into the start of a page. `scope` is the list that the cursor must belong to, `key` the values
 * that it must contain.
 * @throws InvalidInputError when it does not
 */
export function toPageStart<Key extends CursorKey>(
  { page = 1, pageSize, cursor }: PageRequest,
  scope: string,
  key: z.ZodType<Key>,
): PageStart<Key> {
  if (cursor === undefined) return { page, offset: (page - 1) * pageSize, after: null };
  return { page: null, offset: 0, after: decodeCursor(scope, cursor, key) };
}

/** True if a request is for some times only. */
export const isRange = ({ from, to }: TimeRange): boolean => from !== undefined || to !== undefined;

/** The name of a list of some times: a cursor of it is of no other list. */
export const rangeScope = (scope: string, range: TimeRange): string =>
  isRange(range) ? `${scope}:from:${range.from ?? ''}:to:${range.to ?? ''}` : scope;

/** The key after which the rows of a page come, newest first: that of a cursor, or else the one before all of `to`. */
export const rangeKey = <Key extends CursorKey>(after: Key | null, { to }: TimeRange): Key | [string, number] | null =>
  after ?? (to === undefined ? null : [to, 0]);

/** The rows of a range are counted up to this number: 5 ms. A larger total is a lower bound. */
export const MOST_COUNTED = 10_000;

/** Up to this many rows a page by number may skip directly. */
const NEAR_ROWS = 1_000;

/** True if a page by number begins so deep that it pays to find its keys first, from the nearer end. */
export const isDeep = (offset: number): boolean => offset > NEAR_ROWS;

/** What a list query returns about its page besides the rows. */
export interface PageFacts {
  hasMore: boolean;
  lastKey: CursorKey | null;
  total: number;
  totalIsExact?: boolean;
}

/** The `pagination` of a response. */
export function toPagination(facts: PageFacts, page: number | null, pageSize: number, scope: string): Pagination {
  const { hasMore, lastKey, total, totalIsExact = true } = facts;
  return {
    page,
    pageSize,
    total,
    totalPages: Math.ceil(total / pageSize),
    totalIsExact,
    hasMore,
    nextCursor: hasMore && lastKey ? encodeCursor(scope, lastKey) : null,
  };
}

/** A page whose rows PostgreSQL has already written as JSON. The API passes the text through. */
export interface JsonPage {
  itemsJson: string;
  pagination: Pagination;
  /** The transactions that it has seen, as a `pg_snapshot`: see SNAPSHOT. */
  snapshot: string;
}

/** SQL for a time in a response: ISO 8601 in UTC with microseconds. */
export const isoUtc = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
