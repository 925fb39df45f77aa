import type pg from 'pg';
import type { BenchData } from '../data/prepare.ts';
import { indexesFor } from './seed-peers.ts';
import { withClient } from './with-client.ts';

const ROWS_PER_INSERT = 1_000;

/** Contact, content and time of a message. */
type MessageValues = [string, string, string];

/** The first messages of a loaded database. */
export function readRows(source: string, count: number): Promise<MessageValues[]> {
  return withClient(source, async (client) => {
    const { rows } = await client.query<MessageValues>({
      text: 'select contact_id::text, content, created_at::text from messages order by id limit $1',
      values: [count],
      rowMode: 'array',
    });
    return rows;
  });
}

/** Inserts into a new table with the same indexes and without triggers. Returns the duration. */
export function insertIntoEmpty(source: string, rows: MessageValues[]): Promise<number> {
  return withClient(source, async (client) => {
    await client.query('drop schema if exists slice cascade; create schema slice');
    await client.query('create table slice.messages (like public.messages including defaults including identity)');
    const indexes = await indexesFor(client, 'slice');
    for (const create of indexes.filter((text) => text.includes('slice.messages'))) await client.query(create);
    return insert(client, 'slice.messages', rows);
  });
}

/**
 * Inserts into the loaded table with triggers disabled, and deletes the rows again. Returns the duration of the
 * inserts.
 */
export function insertIntoFull({ connectionString, lastMessageId }: BenchData, rows: MessageValues[]): Promise<number> {
  return withClient(connectionString, async (client) => {
    await client.query('alter table messages disable trigger user');
    const durationMs = await insert(client, 'messages', rows);
    await client.query('delete from messages where id > $1', [lastMessageId]);
    await client.query('alter table messages enable trigger user');
    return durationMs;
  });
}

async function insert(client: pg.Client, table: string, rows: MessageValues[]): Promise<number> {
  const startedMs = performance.now();
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    const batch = rows.slice(at, at + ROWS_PER_INSERT);
    const places = batch.map((_, row) => `($${row * 3 + 1}, $${row * 3 + 2}, $${row * 3 + 3})`);
    const text = `insert into ${table} (contact_id, content, created_at) values ${places.join(', ')}`;
    await client.query(text, batch.flat());
  }
  return performance.now() - startedMs;
}
