import { type ListedMessage, type Pagination, timeKey, UnavailableError } from '@messaging/shared';
import { withCancellation } from '../connection/cancel.ts';
import { pgCode } from '../connection/pg-errors.ts';
import type { Pool, Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { transaction } from '../connection/transaction.ts';
import { type AllMessagesRequest, allMessagesScope } from '../queries/list-all-messages.ts';
import { LISTED_MESSAGE } from '../queries/listed-message.ts';
import { rangeKey, toPageStart, toPagination } from '../queries/page.ts';
import { type FoundMessage, findMessages } from './find-messages.ts';
import { excerpt } from './snippet.ts';
import { loadSearchTerm, type SearchTerm } from './term.ts';

/** A page of the messages that match a term. */
export interface MessageSearchPage {
  messages: ListedMessage[];
  pagination: Pagination;
  /** As of a page: see JsonPage. */
  snapshot: string;
}

/**
 * Lists the messages whose content contains `text`, or those that the filters leave, newest first. The search covers the
 * whole history. `text` is trimmed and not empty. `pool` is a pool of createPool for index scans. When `signal` aborts, the
 * search is cancelled in PostgreSQL.
 * @throws InvalidInputError for a cursor of another list or another term, and for a term of ignored characters only
 * @throws UnavailableError when it takes too long
 */
export async function searchMessages(
  pool: Pool,
  text: string,
  request: AllMessagesRequest,
  gone?: AbortSignal,
): Promise<MessageSearchPage> {
  const { pageSize } = request;
  const scope = allMessagesScope(request, text);
  const { page, offset, after } = toPageStart(request, scope, timeKey);
  const late = lateAfter(pool);
  const signal = AbortSignal.any([late, ...(gone ? [gone] : [])]);
  const search = withCancellation(pool, signal, (db) =>
    transaction(db, async () => {
      await many(db, 'set transaction isolation level repeatable read, read only');
      const term = await loadSearchTerm(db, text);
      const filters = { ...request, after: rangeKey(after, request) };
      const { found, total, totalIsExact, snapshot } = await findMessages(
        db,
        term,
        filters,
        { offset, limit: pageSize + 1 },
        signal,
      );
      const shown = found.slice(0, pageSize);
      const last = shown.at(-1);
      const facts = {
        hasMore: found.length > pageSize,
        lastKey: last ? [last.createdAt, last.id] : null,
        total,
        // After a cursor, the messages before it are not counted.
        totalIsExact: totalIsExact && page !== null,
      };
      const messages = await describe(db, term, shown);
      return { messages, pagination: toPagination(facts, page, pageSize, scope), snapshot };
    }),
  );
  return search.catch((error: unknown) => {
    if (gone?.aborted || !(late.aborted || isTimeout((error as Error).cause))) throw error;
    // As after a single statement that took too long: whoever reads from a replica does not search the primary then.
    const cause = Object.assign(new Error('the time of the search is over', { cause: error }), { code: TIMEOUT });
    throw new UnavailableError('The search took too long. Narrow it by a contact or by time.', { cause });
  });
}

const TIMEOUT = '57014';
const isTimeout = (error: unknown): boolean => pgCode(error) === TIMEOUT;

/** The statements of a search are many and short, so their timeout is also that of the whole. */
function lateAfter({ options }: Pool): AbortSignal {
  const timeoutMs = (options as { query_timeout?: number }).query_timeout;
  return timeoutMs ? AbortSignal.timeout(timeoutMs) : new AbortController().signal;
}

type DescribedRow = Omit<ListedMessage, 'match'> & { excerpt: string; [column: string]: unknown };

/** The messages in their order, each with its first match. */
async function describe(db: Queryable, term: SearchTerm, found: FoundMessage[]): Promise<ListedMessage[]> {
  const values = [found.map(({ id }) => id), found.map(({ foldedStart }) => foldedStart), term.folded];
  const rows = await many<DescribedRow>(db, DESCRIBE, values, 'describe-messages');
  return rows.map(({ excerpt: part, ...message }) => ({
    ...message,
    match: { field: 'message', ...excerpt(part, term.text), messageId: message.id },
  }));
}

const DESCRIBE = `
  select ${LISTED_MESSAGE.fields}, excerpt
  from (
    select ${LISTED_MESSAGE.columns},
      match_excerpt(m.content, k.folded_start, char_length($3)) as excerpt
    from unnest($1::bigint[], $2::integer[]) as k (id, folded_start)
    ${LISTED_MESSAGE.joins}
  ) shown
  order by sort_at desc, id desc`;
