/** What an order of conversations is made of: the last message, newest first. */
interface Ordered {
  contactId: number;
  lastMessage: { createdAt: string };
}

/** What has come of the rows that were shown. */
export interface MergedRows<Row> {
  rows: Row[];
  /** Contacts that changed and stand below the first page: their rows are old. */
  stale: number[];
}

/**
 * Puts a first page that was just read in front of the rows that were shown. Whoever stood where the page is now has either moved or
 * is on it. `isWhole`: the page is the whole list.
 */
export function mergeFirstPage<Row extends Ordered>(
  shown: readonly Row[],
  page: readonly Row[],
  { changed, deleted, isWhole }: { changed: ReadonlySet<number>; deleted: ReadonlySet<number>; isWhole: boolean },
): MergedRows<Row> {
  const last = page.at(-1);
  if (isWhole || last === undefined) return { rows: [...page], stale: [] };
  const onPage = new Set(page.map(({ contactId }) => contactId));
  const below = shown.filter((row) => {
    return isBefore(last, row) && !onPage.has(row.contactId) && !deleted.has(row.contactId);
  });
  const stale = below.map(({ contactId }) => contactId).filter((contactId) => changed.has(contactId));
  return { rows: [...page, ...below], stale };
}

/**
 * Puts a row that was read anew where it belongs. Below the last row it is left out, as a page further down will have it, unless the
 * list `isWhole`.
 */
export function placeRow<Row extends Ordered>(
  rows: readonly Row[],
  row: Row,
  { isWhole }: { isWhole: boolean },
): Row[] {
  const others = rows.filter(({ contactId }) => contactId !== row.contactId);
  const index = others.findIndex((other) => isBefore(row, other));
  if (index < 0) return isWhole ? [...others, row] : others;
  return [...others.slice(0, index), row, ...others.slice(index)];
}

/** Whether `a` stands above `b`. The times have one width, so that they can be compared as text. */
function isBefore(a: Ordered, b: Ordered): boolean {
  const [first, second] = [a.lastMessage.createdAt, b.lastMessage.createdAt];
  return first === second ? a.contactId > b.contactId : first > second;
}
