/** What the order of a thread is made of. */
interface Ordered {
  id: number;
  createdAt: string;
}

/** A stretch of a thread, oldest first, without gaps, and whether it reaches the ends. */
export interface Stretch<Row> {
  messages: readonly Row[];
  isAtOldest: boolean;
  isAtNewest: boolean;
}

/** What is shown at most, messages and characters. More would make the page slow, and is read again when somebody scrolls back. */
export const MOST_SHOWN = 400;
const MOST_CHARACTERS = 8_000_000;
/** Kept however long they are: otherwise what was just read could go again. */
const LEAST_SHOWN = 100;

/**
 * Puts a page that was just read into the stretch that is shown. Between its first and its last message the page is the truth, so
 * that what was deleted there goes. Both must overlap or be neighbours; otherwise use the page alone.
 */
export function mergePage<Row extends Ordered>(shown: Stretch<Row>, page: Stretch<Row>): Stretch<Row> {
  const [oldest, newest] = [page.messages[0], page.messages.at(-1)];
  if (oldest === undefined || newest === undefined) return page;
  const older = page.isAtOldest ? [] : shown.messages.filter((one) => isOlder(one, oldest));
  const newer = page.isAtNewest ? [] : shown.messages.filter((one) => isOlder(newest, one));
  return {
    messages: [...older, ...page.messages, ...newer],
    isAtOldest: page.isAtOldest || (older.length > 0 && shown.isAtOldest),
    isAtNewest: page.isAtNewest || (newer.length > 0 && shown.isAtNewest),
  };
}

/** Leaves out what lies furthest from the end that somebody reads. */
export function trimStretch<Row extends { content: string }>(
  stretch: Stretch<Row>,
  readAt: 'older' | 'newer',
): Stretch<Row> {
  const fromRead = readAt === 'older' ? stretch.messages : stretch.messages.toReversed();
  let [kept, characters] = [0, 0];
  for (const { content } of fromRead) {
    characters += content.length;
    if (kept >= MOST_SHOWN || (kept >= LEAST_SHOWN && characters > MOST_CHARACTERS)) break;
    kept += 1;
  }
  if (kept === stretch.messages.length) return stretch;
  return readAt === 'older'
    ? { ...stretch, messages: stretch.messages.slice(0, kept), isAtNewest: false }
    : { ...stretch, messages: stretch.messages.slice(-kept), isAtOldest: false };
}

/** Whether both have a message in common, or the page begins where the stretch ends. */
export function touches<Row extends Ordered>(shown: Stretch<Row>, page: Stretch<Row>): boolean {
  const [first, last] = [page.messages[0], shown.messages.at(-1)];
  return first !== undefined && last !== undefined && !isOlder(last, first);
}

/** The times have one width, so that they can be compared as text. */
export function isOlder(a: Ordered, b: Ordered): boolean {
  return a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt;
}
