import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { listMissingMigrations, migrate } from '../src/migrate.ts';
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
    expect(await listMissingMigrations(client)).toContain('0002_messages');
    await migrate(connectionString, logger);
    expect(await listMissingMigrations(client)).toEqual([]);
    await client.end();
  });
});

test.each(["encoding 'UTF8' locale 'C'", "encoding 'SQL_ASCII' locale 'C'"])(
  'refuses a database with %s, and says why',
  async (options) => {
    await withDatabase(options, async (connectionString) => {
      await expect(migrate(connectionString, logger)).rejects.toThrow(/LC_CTYPE "C".*create database/);
    });
  },
);
