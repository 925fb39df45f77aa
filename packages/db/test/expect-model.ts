import { expect } from '@jest/globals';
import { conversation } from '@messaging/shared';
import { listConversations } from '../src/queries/list-conversations.ts';
import { searchConversations } from '../src/search/search-conversations.ts';
import { foldInModel, type Model, type ModelFilters } from './conversations-model.ts';
import type { Fixture } from './support.ts';

/** The whole list, by page and by cursor, is that of the model. */
export async function expectList(
  fixture: Fixture,
  model: Model,
  pageSize: number,
  range: Pick<ModelFilters, 'from' | 'to'> = {},
): Promise<void> {
  const expected = model.list(range);
  const total = expected.length;
  for (let page = 1; (page - 1) * pageSize <= total; page++) {
    const { itemsJson, pagination } = await listConversations(fixture.readPool, { ...range, page, pageSize });
    expect(JSON.parse(itemsJson)).toEqual(expected.slice((page - 1) * pageSize, page * pageSize));
    expect(pagination).toMatchObject({ page, total, totalIsExact: true, hasMore: page * pageSize < total });
  }
  const walked: unknown[] = [];
  let cursor: string | null | undefined;
  do {
    const { itemsJson, pagination } = await listConversations(fixture.readPool, {
      ...range,
      pageSize,
      cursor: cursor ?? undefined,
    });
    walked.push(...JSON.parse(itemsJson));
    cursor = pagination.nextCursor;
  } while (cursor);
  expect(walked).toEqual(expected);
}

/** All that a search finds, by cursor and by page, is what the model finds. */
export async function expectSearch(fixture: Fixture, model: Model, wanted: string, pageSize: number): Promise<void> {
  const expected = model.search(wanted);
  const found = [];
  let cursor: string | null | undefined;
  do {
    const page = await searchConversations(fixture.readPool, wanted, { pageSize, cursor: cursor ?? undefined });
    const { total, totalIsExact, hasMore } = page.pagination;
    // A lower bound is said where a search stopped early, and only there.
    if (totalIsExact) expect(total).toBe(expected.length);
    else expect([hasMore, total > found.length, total <= expected.length]).toEqual([true, true, true]);
    found.push(...page.conversations.map((row) => conversation.parse(row)));
    cursor = page.pagination.nextCursor;
  } while (cursor);
  expect(found.map(({ contactId, match }) => [contactId, match?.field, match?.messageId])).toEqual(expected);
  for (const { match } of found) {
    expect(match?.ranges.length).toBeGreaterThan(0);
    if (match?.field === 'phoneNumber') continue; // by digits, what is marked is not the term itself
    for (const [start, end] of match?.ranges ?? []) {
      expect(foldInModel(match?.snippet.slice(start, end) ?? '')).toContain(foldInModel(wanted));
    }
  }
  const second = await searchConversations(fixture.readPool, wanted, { page: 2, pageSize });
  expect(second.conversations.map(({ contactId }) => contactId)).toEqual(
    expected.slice(pageSize, 2 * pageSize).map(([id]) => id),
  );
}
