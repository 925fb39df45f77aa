import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { withClient } from './with-client.ts';

const TABLES = {
  contacts: 'id, external_id, name, phone_number, created_at, updated_at',
  messages: 'id, contact_id, content, created_at, direction',
};
type Table = keyof typeof TABLES;
const NAMES: Table[] = ['contacts', 'messages'];

/** Writes the seeded tables to files, to load them without generating them. */
export async function prepareFiles(source: string, folder: string): Promise<Record<Table, string>> {
  const files = filesIn(folder);
  await withClient(source, async (client) => {
    for (const name of NAMES) {
      const rows = client.query(copyTo(`copy (select ${TABLES[name]} from ${name} order by id) to stdout`));
      await pipeline(rows, createWriteStream(files[name]));
    }
  });
  return files;
}

/** Deletes the files. */
export async function removeFiles(folder: string): Promise<void> {
  for (const file of Object.values(filesIn(folder))) await rm(file, { force: true });
}

const filesIn = (folder: string) => ({
  contacts: join(folder, 'contacts.copy'),
  messages: join(folder, 'messages.copy'),
});

/** Loads the files into tables of the same form and builds the same indexes. Returns the duration. */
export function copyPrepared(source: string, files: Record<Table, string>): Promise<number> {
  return withClient(source, async (client) => {
    await client.query("set maintenance_work_mem = '512MB'; set max_parallel_maintenance_workers = 4");
    await client.query('drop schema if exists floor cascade; create schema floor');
    const startedMs = performance.now();
    await client.query('begin');
    for (const name of NAMES) {
      await client.query(`create table floor.${name} (like public.${name} including defaults including generated)`);
      const target = client.query(copyFrom(`copy floor.${name} (${TABLES[name]}) from stdin (freeze)`));
      await pipeline(createReadStream(files[name]), target);
    }
    for (const create of await indexesFor(client, 'floor')) await client.query(create);
    await client.query('commit');
    await client.query('vacuum (analyze) floor.contacts, floor.messages');
    return performance.now() - startedMs;
  });
}

/** The statements that create the indexes of the project's tables, for tables of the same names in another schema. */
export async function indexesFor(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ create: string }>(
    `select replace(pg_get_indexdef(indexrelid), ' ON public.', ' ON ' || $1 || '.') as create
     from pg_index where indrelid in ('public.contacts'::regclass, 'public.messages'::regclass)`,
    [schema],
  );
  return rows.map(({ create }) => create);
}
