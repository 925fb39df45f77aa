import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/** What fifteen digits can say: exact in JSON, and with `pageSize` still a bigint of PostgreSQL. */
const LARGEST = 999_999_999_999_999;

const wholeNumber = (message: string) =>
  z
    .string(message)
    .regex(/^\d{1,15}$/, message)
    .transform(Number);

/** An identifier in a path or a query string. */
export const idParameter = wholeNumber('must be a positive whole number').pipe(
  z.int().min(1, 'must be a positive whole number').max(LARGEST),
);

/** Query parameters of every list. */
export const pageParameters = {
  page: wholeNumber('must be a whole number from 1')
    .pipe(z.int().min(1, 'must be a whole number from 1').max(LARGEST))
    .optional()
    .describe('Page number, from 1'),
  pageSize: wholeNumber('must be a whole number from 1 to 200')
    .pipe(z.int().min(1, 'must be at least 1').max(200, 'must be at most 200'))
    .default(50)
    .describe('Rows a page'),
  cursor: z
    .string('must be given once')
    .max(500, 'is not a cursor of this service')
    .optional()
    .describe('`pagination.nextCursor` of the page before; excludes `page`'),
};

/** For `z.object(pageParameters).superRefine(…)`: `page` and `cursor` are two ways to say where. */
export function refusePageWithCursor(query: { page?: unknown; cursor?: unknown }, context: z.RefinementCtx): void {
  if (query.page === undefined || query.cursor === undefined) return;
  context.addIssue({ code: 'custom', path: ['page'], message: 'cannot be combined with cursor; give one of them' });
}

/** How a list says where its page stands. */
export const pagination = z.object({
  page: z.int().min(1).nullable().describe('null where a cursor was used'),
  pageSize: z.int().min(1).max(200),
  total: z.int().min(0).describe('Rows in the whole list; a lower bound unless `totalIsExact`'),
  totalPages: z.int().min(0),
  totalIsExact: z.boolean(),
  hasMore: z.boolean(),
  nextCursor: z.string().nullable().describe('null on the last page'),
});
export type Pagination = z.output<typeof pagination>;

/** The sort key of a page's last row: times as ISO text, ids as numbers. */
export type CursorKey = (string | number)[];

const DIGEST_LENGTH = 8;

/**
 * An opaque cursor that goes on after `key` in the list that `scope` names (`messages:7`, `conversations:jose`).
 * A digest over both lets `decodeCursor` refuse what was cut, altered, or taken from another list.
 */
export function encodeCursor(scope: string, key: CursorKey): string {
  const payload = Buffer.from(JSON.stringify(key)).toString('base64url');
  return digest(scope, payload) + payload;
}

/** The key inside a cursor made for the same `scope`. @throws InvalidInputError on any other text */
export function decodeCursor(scope: string, cursor: string): CursorKey {
  const payload = cursor.slice(DIGEST_LENGTH);
  if (payload === '' || cursor.slice(0, DIGEST_LENGTH) !== digest(scope, payload)) {
    throw new InvalidInputError([
      { path: 'cursor', message: 'is not a cursor of this list; take pagination.nextCursor of the page before' },
    ]);
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as CursorKey;
}

function digest(scope: string, payload: string): string {
  return createHash('sha256').update(`${scope}\n${payload}`).digest('base64url').slice(0, DIGEST_LENGTH);
}
