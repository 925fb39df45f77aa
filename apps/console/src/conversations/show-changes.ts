import type { Schemas } from '@messaging/client';
import type { ListPage } from '../lists/endless-list.ts';
import { place } from '../navigation/place.ts';
import { type Conversation, conversations, readConversation, readConversations } from './conversations.ts';
import { mergeFirstPage, placeRow } from './merge-first-page.ts';

/** Changed rows below the first page that are read one by one; for more the list is read anew, as far as it was shown. */
const MOST_SINGLE_READS = 20;
const [REREAD_PAGE_SIZE, MOST_REREAD_ROWS] = [200, 2_000];

/**
 * Shows in the list what has changed. The first page has what was written last; what stands further down is read by itself.
 * @throws RefusedError, and what fetch throws; then nothing may have changed
 */
export async function showChanges(changes: readonly Schemas['Change'][]): Promise<void> {
  const { search } = place.peek();
  const isOtherList = () => place.peek().search !== search; // which is being read
  const first = await whileNothingIsRead(() => readConversations(undefined));
  if (isOtherList()) return;
  const isWhole = first.nextCursor === null;
  const gone = new Set(changes.filter(({ kind }) => kind === 'deleted').map(({ contactId }) => contactId));
  const merged = mergeFirstPage(conversations.rows.peek(), first.rows, { gone, isWhole });
  const { total, totalIsExact, nextCursor } = first;
  conversations.replace(merged.rows, {
    total,
    totalIsExact,
    ...(merged.rows.length === first.rows.length ? { nextCursor } : {}),
  });

  const further = changes.filter(({ kind, contactId }) => kind === 'changed' && !merged.onPage.has(contactId));
  if (isWhole || further.length === 0) return;
  if (further.length > MOST_SINGLE_READS) return readAsFarAsShown(isOtherList);
  for (const { contactId } of further) {
    const read = await readConversation(contactId);
    if (isOtherList()) return;
    showRow(contactId, read, { isSearch: search !== '', old: merged.replaced.get(contactId) });
  }
}

/** Whether a search finds a row that it has not found before is not known without searching, so it is not added. */
function showRow(
  contactId: number,
  read: Omit<Conversation, 'match'> | undefined,
  { isSearch, old }: { isSearch: boolean; old: Conversation | undefined },
): void {
  const rows = conversations.rows.peek();
  const shown = rows.find((row) => row.contactId === contactId) ?? old;
  if (!read || (isSearch && !shown)) {
    conversations.replace(rows.filter((row) => row.contactId !== contactId));
    return;
  }
  const row = { ...read, match: shown?.match ?? null };
  conversations.replace(placeRow(rows, row, { isWhole: !conversations.hasMore.peek() }));
}

/** Whoever reads further down stays there. */
async function readAsFarAsShown(isOtherList: () => boolean): Promise<void> {
  const wanted = Math.min(MOST_REREAD_ROWS, conversations.rows.peek().length);
  const rows: Conversation[] = [];
  let page: ListPage<Conversation> | undefined;
  do {
    const cursor: string | undefined = page?.nextCursor ?? undefined;
    page = await whileNothingIsRead(() => readConversations(cursor, undefined, REREAD_PAGE_SIZE));
    if (isOtherList()) return;
    rows.push(...page.rows);
  } while (rows.length < wanted && page.nextCursor !== null);
  conversations.replace(rows, page);
}

/** The rows of a page that is read meanwhile would replace what was merged. */
async function whileNothingIsRead<Page>(read: () => Promise<Page>): Promise<Page> {
  for (;;) {
    await conversations.settled();
    const page = await read();
    if (!conversations.isLoading.peek()) return page;
  }
}
