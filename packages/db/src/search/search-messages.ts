import { type ListedMessage, type Pagination, timeKey } from '@messaging/shared';
import { withCancellation } from '../connection/cancel.ts';
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
}

/**
 * Lists the messages whose content contains `text`, or those that the filters leave, newest first. The search covers the
 * whole history. `text` is trimmed and not empty. `pool` is a pool of createPool for index scans. When `signal` aborts, the
 * search is cancelled in PostgreSQL.
 * @throws InvalidInputError for a cursor of another list or another term, and for a term of ignored characters only
 * @throws UnavailableError when it takes too long
 */
export function searchMessages(
  pool: Pool,
  text: string,
  request: AllMessagesRequest,
  signal?: AbortSignal,
): Promise<MessageSearchPage> {
  const { pageSize } = request;
  const scope = allMessagesScope(request, text);
  const { page, offset, after } = toPageStart(request, scope, timeKey);
  return withCancellation(pool, signal, (db) =>
    transaction(db, async () => {
      await many(db, 'set transaction isolation level repeatable read, read only');
      const term = await loadSearchTerm(db, text);
      const filters = { ...request, after: rangeKey(after, request) };
      const { found, isComplete } = await findMessages(db, term, filters, offset + pageSize + 1);
      const shown = found.slice(offset, offset + pageSize);
      const last = shown.at(-1);
      const facts = {
        hasMore: found.length > offset + pageSize,
        lastKey: last ? [last.createdAt, last.id] : null,
        total: found.length,
        // After a cursor, the messages before it are not counted.
        totalIsExact: isComplete && page !== null,
      };
      return {
        messages: await describe(db, term, shown),
        pagination: toPagination(facts, page, pageSize, scope),
      };
    }),
  );
}

type DescribedRow = Omit<ListedMessage, 'match'> & { excerpt: string; [column: string]: unknown };

/** The messages in their order, each with its first match. */
async function describe(db: Queryable, term: SearchTerm, found: FoundMessage[]): Promise<ListedMessage[]> {
  const ids = found.map(({ id }) => id);
  const rows = await many<DescribedRow>(db, DESCRIBE, [ids, term.folded], 'describe-messages');
  return rows.map(({ excerpt: part, ...message }) => ({
    ...message,
    match: { field: 'message', ...excerpt(part, term.text), messageId: message.id },
  }));
}

const DESCRIBE = `
  select ${LISTED_MESSAGE.fields}, excerpt
  from (
    select ${LISTED_MESSAGE.columns},
      match_excerpt(m.content, strpos(fold_text(m.content), $2), char_length($2)) as excerpt
    from unnest($1::bigint[]) as k (id)
    ${LISTED_MESSAGE.joins}
  ) shown
  order by sort_at desc, id desc`;
