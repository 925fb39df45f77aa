import { expect } from '@jest/globals';
import { type ListedMessage, listedMessage, type Pagination } from '@messaging/shared';
import { listAllMessages } from '../src/queries/list-all-messages.ts';
import { findAmongNewest } from '../src/search/find-messages.ts';
import { searchMessages } from '../src/search/search-messages.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import type { Model, ModelFilters } from './conversations-model.ts';
import type { Fixture } from './support.ts';

/** The messages that the filters and the term leave, by cursor and by page, are those of the model. */
export async function expectMessages(
  fixture: Fixture,
  model: Model,
  filters: ModelFilters,
  term: string,
  pageSize: number,
): Promise<void> {
  const expected = model.messages(filters, term);
  const read = (request: { page?: number; cursor?: string | undefined }) =>
    readPage(fixture, { ...filters, ...request, pageSize }, term);
  const walked: unknown[] = [];
  let cursor: string | null | undefined;
  do {
    const { messages, pagination } = await read({ cursor: cursor ?? undefined });
    const { total, totalIsExact, hasMore } = pagination;
    if (totalIsExact) expect(total).toBe(expected.length);
    else expect(total).toBeLessThanOrEqual(expected.length);
    walked.push(...messages.map(withoutMatch));
    expect(hasMore).toBe(walked.length < expected.length);
    for (const { id, match } of messages) {
      expect(match === null).toBe(term === '');
      if (match) expect([match.field, match.messageId, match.ranges.length > 0]).toEqual(['message', id, true]);
    }
    cursor = pagination.nextCursor;
  } while (cursor);
  expect(walked).toEqual(expected);
  if (term !== '') await expectNewest(fixture, filters, term, expected);
  const second = await read({ page: 2 });
  expect(second.messages.map(withoutMatch)).toEqual(expected.slice(pageSize, 2 * pageSize));
}

/** Among the newest messages, which the search of a frequent term reads first. */
async function expectNewest(
  { readPool }: Fixture,
  { to, ...filters }: ModelFilters,
  term: string,
  expected: unknown[],
): Promise<void> {
  const { folded } = await loadSearchTerm(readPool, term);
  const after = to === undefined ? null : [to, 0];
  const found = await findAmongNewest(readPool, folded, { ...filters, after }, 10_000, 1_000);
  expect(found.map(({ id }) => id)).toEqual((expected as { id: number }[]).map(({ id }) => id));
}

async function readPage(
  { readPool }: Fixture,
  request: ModelFilters & { pageSize: number; page?: number; cursor?: string | undefined },
  term: string,
): Promise<{ messages: ListedMessage[]; pagination: Pagination }> {
  if (term !== '') return searchMessages(readPool, term, request);
  const { itemsJson, pagination } = await listAllMessages(readPool, request);
  return { messages: JSON.parse(itemsJson).map((row: unknown) => listedMessage.parse(row)), pagination };
}

const withoutMatch = ({ match: _, ...message }: ListedMessage): unknown => message;
