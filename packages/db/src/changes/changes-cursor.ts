import { decodeCursor, encodeCursor, InvalidInputError, NO_CHANGES_CURSOR } from '@messaging/shared';
import { z } from 'zod';

/** What a reader of the feed has seen. */
export interface FeedPosition {
  /** Which feed: see FEED. */
  feed: string;
  /** A `pg_snapshot` as text: the transactions that were visible. */
  snapshot: string;
  /** When it was taken, in ms since 1970, by the clock of the process that took it. */
  takenAtMs: number;
}

const SCOPE = 'changes';

const positionKey = z.tuple([
  z.string().regex(/^\d+:[0-9A-F]{8}:\d+:\d+:[0-9a-f-]{36}$/),
  z.string().refine(isSnapshot),
  z.int().min(0),
]);

/** True for a text that PostgreSQL reads as a `pg_snapshot`: the first running transaction, the next one, those that run. */
function isSnapshot(text: string): boolean {
  const [, first, next, list = ''] = /^([1-9]\d{0,18}):([1-9]\d{0,18}):([\d,]*)$/.exec(text) ?? [];
  if (first === undefined || next === undefined) return false;
  const running = list === '' ? [] : list.split(',');
  const ids = [first, ...running, next].map((id) => (/^\d{1,19}$/.test(id) ? BigInt(id) : -1n));
  return ids.every((id, i) => {
    const before = ids[i - 1] ?? 0n;
    const mayEqual = i === 1 || (running.length === 0 && i === ids.length - 1);
    return mayEqual ? id >= before : id > before;
  });
}

/** The cursor of a position, for clients. */
export function toChangesCursor({ feed, snapshot, takenAtMs }: FeedPosition): string {
  return encodeCursor(SCOPE, [feed, snapshot, takenAtMs]);
}

/** @throws InvalidInputError for a text that is not such a cursor */
export function readChangesCursor(cursor: string): FeedPosition {
  try {
    const [feed, snapshot, takenAtMs] = decodeCursor(SCOPE, cursor, positionKey);
    return { feed, snapshot, takenAtMs };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError([{ path: 'after', message: NO_CHANGES_CURSOR }], { cause: error });
  }
}
