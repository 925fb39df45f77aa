import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { listMissingMigrations, migrate } from '../src/schema/migrate.ts';
import { createFixture, type Fixture } from './support.ts';

const logger = createLogger({ level: 'silent', pretty: false }, 'test');
let fixture: Fixture;
let admin: pg.Client;

beforeAll(async () => {
  fixture = await createFixture();
  admin = await fixture.connect();
});

afterAll(() => fixture.close());

async function withDatabase(options: string, work: (connectionString: string) => Promise<void>): Promise<void> {
  const name = `test_${Math.random().toString(36).slice(2)}`;
  await admin.query(`create database ${name} template template0 ${options}`);
  const url = new URL(fixture.connectionString);
  url.pathname = `/${name}`;
  try {
    await work(url.href);
  } finally {
    await admin.query(`drop database ${name} with (force)`);
  }
}

test('applies everything once, also when two processes migrate at the same time', async () => {
  await withDatabase('', async (connectionString) => {
    const applied = await Promise.all([migrate(connectionString, logger), migrate(connectionString, logger)]);
    expect(applied.map((names) => names.length).sort()).toEqual([0, expect.any(Number)]);
    expect(await migrate(connectionString, logger)).toEqual([]);
  });
});

test('names what is missing in an empty database', async () => {
  await withDatabase('', async (connectionString) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    expect(await listMissingMigrations(client)).toContain('0003_messages');
    await migrate(connectionString, logger);
    expect(await listMissingMigrations(client)).toEqual([]);
    await client.end();
  });
});

test('refuses a database of another encoding than UTF8, and says why', async () => {
  await withDatabase("encoding 'SQL_ASCII' locale 'C'", async (connectionString) => {
    await expect(migrate(connectionString, logger)).rejects.toThrow(/encoding SQL_ASCII.*create database/);
  });
});

test('folds every character alike whatever the locale of the database', async () => {
  const folded = `
    select md5(string_agg(fold_text(chr(code)), ',' order by code)) as folded
    from generate_series(1, 1114111) as code where code not between 55296 and 57343`;
  const expected = (await admin.query(folded)).rows;
  await withDatabase("encoding 'UTF8' locale 'C'", async (connectionString) => {
    await migrate(connectionString, logger);
    const client = new pg.Client({ connectionString });
    await client.connect();
    expect((await client.query(folded)).rows).toEqual(expected);
    await client.end();
  });
}, 60_000);

test.each([
  ['was edited since', "update schema_migrations set hash = 'other' where name = '0003_messages'", '0003_messages'],
  [
    'is not there any more',
    "update schema_migrations set name = '0001_contacts' where name = '0001_folding'",
    '0001_contacts',
  ],
])('refuses a database with a migration that %s', async (_what, statement, name) => {
  await withDatabase('', async (connectionString) => {
    await migrate(connectionString, logger);
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query(statement);
    await client.end();
    await expect(migrate(connectionString, logger)).rejects.toThrow(
      `Nothing was migrated: the database has ${name} in another form than this version.`,
    );
  });
});

test('leaves a database alone that a newer version has migrated', async () => {
  await withDatabase('', async (connectionString) => {
    await migrate(connectionString, logger);
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query("insert into schema_migrations (name, run_on) values ('9999_newer', now())");
    await client.end();
    expect(await migrate(connectionString, logger)).toEqual([]);
  });
});
