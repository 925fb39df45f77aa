import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { migrate } from '../src/schema/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';

const logger = createLogger({ level: 'silent', pretty: false }, 'test');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.close());

/** Has the server name a version of the caller's choice: a schema before `pg_catalog` answers in its place. */
async function pretend(version: number): Promise<void> {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  await client.query(`
    create schema if not exists pretended;
    create or replace function pretended.current_setting(name text) returns text language sql as
      $$ select case name when 'server_version_num' then '${version}' else pg_catalog.current_setting(name) end $$;
    do 'begin execute format($$alter database %I set search_path = pretended, pg_catalog, public$$, current_database()); end'`);
  await client.end();
}

test('refuses a server that is older than PostgreSQL 17, and says what to do', async () => {
  await pretend(160_009);
  await expect(migrate(database.connectionString, logger)).rejects.toThrow(
    'The database server is older than PostgreSQL 17; upgrade it',
  );
});

test('takes PostgreSQL 17', async () => {
  await pretend(170_000);
  expect(await migrate(database.connectionString, logger)).toEqual([]);
});
