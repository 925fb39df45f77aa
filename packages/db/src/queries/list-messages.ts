import { NotFoundError, timeKey } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne, one } from '../connection/sql.ts';
import {
  isDeep,
  isRange,
  type JsonPage,
  MOST_COUNTED,
  type PageRequest,
  type PageStart,
  rangeKey,
  rangeScope,
  type TimeRange,
  toPageStart,
  toPagination,
} from './page.ts';
import type { LongMessage } from './read-contents.ts';
import { threadLength } from './thread-length.ts';
import {
  AFTER,
  AROUND,
  FROM_END,
  FROM_START,
  LONG_PAGE_BYTES,
  type PageStatement,
  WITHIN,
} from './thread-statements.ts';

/** Which page of a thread: as for every list, or the page that contains the message `around`. */
export interface MessagesRequest extends PageRequest, TimeRange {
  contactId: number;
  around?: number | undefined;
}

/** A page of a thread. */
export interface MessagesPage extends JsonPage {
  /** The messages of the page, if their contents are too long to be in memory together. `itemsJson` is then empty. */
  longMessages: LongMessage[] | null;
}

/**
 * Lists a contact's messages, newest first, ties by id descending. The memory of a page is bounded: a long page is
 * returned without the contents.
 * @throws NotFoundError for an unknown contact, and for an `around` that is not a message of this contact
 * @throws InvalidInputError for a cursor of another list
 */
export async function listMessages(db: Queryable, request: MessagesRequest): Promise<MessagesPage> {
  const { contactId, pageSize, around } = request;
  const scope = rangeScope(`messages:${contactId}`, request);
  const start = toPageStart(request, scope, timeKey);
  const row =
    around === undefined ? await readPage(db, request, start) : await readAround(db, contactId, pageSize, around);
  if (!row.contactExists) throw new NotFoundError('contact', contactId);
  const facts = {
    ...row,
    lastKey: row.lastAt === null ? null : [row.lastAt, row.lastId],
    totalIsExact: !isRange(request) || row.total <= MOST_COUNTED,
  };
  const page = row.newer === undefined ? start.page : Math.floor(row.newer / pageSize) + 1;
  const { itemsJson, longMessages = null, snapshot } = row;
  const pagination = toPagination(facts, page, pageSize, scope);
  return { itemsJson: itemsJson ?? '', longMessages, snapshot, pagination };
}

async function readPage(
  db: Queryable,
  { contactId, pageSize, ...range }: MessagesRequest,
  { after, offset }: PageStart<z.output<typeof timeKey>>,
): Promise<PageRow> {
  const [statement, values] = isRange(range)
    ? [WITHIN, [...(rangeKey(after, range) ?? [null, null]), offset, range.from ?? null, range.to ?? null]]
    : after
      ? [AFTER, after]
      : [(await isNearEnd(db, contactId, offset)) ? FROM_END : FROM_START, [offset]];
  const row = await run(db, statement, [contactId, pageSize, ...values]);
  if (!row) throw new Error('the statement of a page returned no row');
  return row;
}

/** Reads a long page again without the contents. The whole page is read again, because the thread may have changed. */
async function run(db: Queryable, { name, short, long }: PageStatement, values: unknown[]) {
  const row = await maybeOne<PageRow>(db, short, values, name);
  const isLong = row && (row.bytes ?? 0) > LONG_PAGE_BYTES;
  return isLong ? maybeOne<PageRow>(db, long, values, `${name}-long`) : row;
}

async function isNearEnd(db: Queryable, contactId: number, offset: number): Promise<boolean> {
  if (!isDeep(offset)) return false;
  const { total } = await one<{ total: number }>(db, `select ${threadLength} as total`, [contactId], 'thread-length');
  return offset > total / 2;
}

async function readAround(db: Queryable, contactId: number, pageSize: number, messageId: number): Promise<PageRow> {
  const row = await run(db, AROUND, [contactId, pageSize, messageId]);
  if (!row) throw new NotFoundError('message', messageId);
  return row;
}

interface PageRow {
  snapshot: string;
  itemsJson?: string | null;
  longMessages?: LongMessage[] | null;
  /** Total length of the contents; null without rows. */
  bytes: number | null;
  hasMore: boolean;
  lastAt: string | null;
  lastId: number;
  total: number;
  contactExists: boolean;
  /** Number of messages before the `around` message. */
  newer?: number;
  [column: string]: unknown;
}
