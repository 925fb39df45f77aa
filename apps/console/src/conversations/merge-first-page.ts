/** What an order of conversations is made of: the last message, newest first. */
interface Ordered {
  contactId: number;
  lastMessage: { createdAt: string };
}

/** What has come of the rows that were shown. */
export interface MergedRows<Row> {
  rows: Row[];
  /** Contacts of the page. */
  onPage: ReadonlySet<number>;
  /** Rows that stood where the page is, and are not on it: they have moved. */
  replaced: ReadonlyMap<number, Row>;
}

/**
 * Puts a first page that was just read in front of the rows that were shown. Whoever stood where the page is now has either moved or
 * is on it. `gone`: contacts without a conversation. `isWhole`: the page is the whole list.
 */
export function mergeFirstPage<Row extends Ordered>(
  shown: readonly Row[],
  page: readonly Row[],
  { gone, isWhole }: { gone: ReadonlySet<number>; isWhole: boolean },
): MergedRows<Row> {
  const onPage = new Set(page.map(({ contactId }) => contactId));
  const others = shown.filter(({ contactId }) => !onPage.has(contactId) && !gone.has(contactId));
  const last = page.at(-1);
  const below = isWhole || last === undefined ? [] : others.filter((row) => isBefore(last, row));
  const replaced = new Map(
    others.filter((row) => last !== undefined && !isBefore(last, row)).map((row) => [row.contactId, row]),
  );
  return { rows: [...page, ...below], onPage, replaced };
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
