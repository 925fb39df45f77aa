import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';

/** A message of a page, without its content. */
export interface LongMessage {
  /** Length of the content in UTF-8 bytes. */
  bytes: number;
  /** The message in the form of a response, with an empty content. */
  item: { id: number; contactId: number; content: string; [field: string]: unknown };
}

/** Total length of contents that are in memory at the same time. A longer one is fetched alone. */
const BATCH_BYTES = 1_048_576;

const CONTENTS = `
  select id, content from messages where contact_id = $1 and id = any($2::bigint[])`;

/**
 * Yields the messages with their contents, in the given order, and fetches about 1 MiB at a time. Between two batches
 * it holds no connection and no transaction, however slowly it is read. A message that was deleted meanwhile is left
 * out.
 * @throws UnavailableError
 */
export async function* readContents(db: Queryable, messages: LongMessage[]): AsyncGenerator<LongMessage['item']> {
  for (const batch of toBatches(messages)) {
    const ids = batch.map(({ item }) => item.id);
    const values = [batch[0]?.item.contactId, ids];
    const rows = await many<{ id: number; content: string }>(db, CONTENTS, values, 'read-contents');
    const contents = new Map(rows.map(({ id, content }) => [id, content]));
    for (const { item } of batch) {
      const content = contents.get(item.id);
      if (content !== undefined) yield { ...item, content };
    }
  }
}

function toBatches(messages: LongMessage[]): LongMessage[][] {
  const batches: LongMessage[][] = [];
  let bytesLeft = 0;
  for (const message of messages) {
    if (message.bytes > bytesLeft) {
      batches.push([]);
      bytesLeft = BATCH_BYTES;
    }
    batches.at(-1)?.push(message);
    bytesLeft -= message.bytes;
  }
  return batches;
}
