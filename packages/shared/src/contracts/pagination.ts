import { z } from 'zod';
import { cursorKey, NO_CURSOR } from './cursor-key.ts';
import { hasAtMost, id, NO_ID, storableText, timestamp, timestampInput } from './text.ts';

/** Limited to fifteen digits, because `page * pageSize` must fit into a PostgreSQL bigint. */
const LARGEST_PAGE = 999_999_999_999_999;

/** At most as many digits as the largest exact JSON integer has (2^53-1). */
export const wholeNumber = (message: string) =>
  z
    .string(message)
    .regex(/^\d{1,16}$/, message)
    .transform(Number);

/** An identifier in a path or a query string: 1 to 2^53-1. */
export const idParameter = wholeNumber(NO_ID).pipe(id);

/** Query parameters of every list. Of which list a cursor is, is asked when the rest is known to be right. */
export const pageParameters = {
  page: wholeNumber('must be a whole number from 1')
    .pipe(z.int().min(1, 'must be a whole number from 1').max(LARGEST_PAGE, 'must be a whole number from 1'))
    .optional()
    .describe('Page number, from 1'),
  pageSize: wholeNumber('must be a whole number from 1 to 200')
    .pipe(z.int().min(1, 'must be at least 1').max(200, 'must be at most 200'))
    .default(50)
    .describe('Rows a page'),
  cursor: z
    .string('must be given once')
    .max(500, NO_CURSOR)
    .refine((cursor) => cursorKey(cursor) !== undefined, NO_CURSOR)
    .optional()
    .describe('`pagination.nextCursor` of the page before; excludes `page`'),
};

/** The term of a search; empty for none. */
export const searchValue = (description: string) =>
  storableText
    .trim()
    .refine((value) => hasAtMost(value, 200), 'must be at most 200 characters')
    .default('')
    .meta({ description: `${description}; case and accents do not count`, maxLength: 200 });

/** Times of a list: `from` included, `to` not. */
export const timeParameters = {
  from: timestampInput.optional().describe('Not before this time'),
  to: timestampInput.optional().describe('Before this time'),
};

/** `from` must not be after `to`. */
export function refuseReversedTimes(
  query: { from?: string | undefined; to?: string | undefined },
  context: z.RefinementCtx,
): void {
  const areKnown = [query.from, query.to].every((time) => timestamp.safeParse(time).success);
  if (!areKnown || String(query.from) <= String(query.to)) return;
  context.addIssue({ code: 'custom', path: ['from'], message: 'must not be after to' });
}

/** For a refinement of several fields. zod would skip it if one of them is invalid, and report it only later. */
export const alsoWithIssues = { when: () => true };

/** The query string of a route that takes no parameters. */
export const noParameters = z.strictObject({});

/** For `z.strictObject(pageParameters).superRefine(…)`: `page` and `cursor` exclude each other. */
export function refusePageWithCursor(query: { page?: unknown; cursor?: unknown }, context: z.RefinementCtx): void {
  if (query.page === undefined || query.cursor === undefined) return;
  context.addIssue({ code: 'custom', path: ['page'], message: 'cannot be combined with cursor; give one of them' });
}

/** The position of a page in its list. */
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
