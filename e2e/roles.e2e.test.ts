import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '@messaging/api/testing';
import {
  createPool,
  createRoles,
  getContact,
  listContacts,
  listConversations,
  listMessages,
  migrate,
  type Pool,
  searchConversations,
} from '@messaging/db';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { conversationsPage, createLogger } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { migrateQueue } from '@messaging/worker';
import { startTestWorker, type TestWorker } from '@messaging/worker/testing';
import pg from 'pg';
import { partitionMessages } from '../packages/db/src/schema/partitions.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;
const PASSWORD = 'only for tests';
const logger = createLogger({ level: 'silent', pretty: false }, 'test');
const firstPage = { page: 1, pageSize: 50 };

let database: TestDatabase;
const pools: Pool[] = [];

beforeAll(async () => {
  database = await createTestDatabase(); // migrated by a superuser, as databases were before there were roles
  await createRoles(database.connectionString);
  await createRoles(database.connectionString); // again, to mend
  const admin = new pg.Client({ connectionString: database.connectionString });
  await admin.connect();
  for (const role of ['migrator', 'app', 'reader'])
    await admin.query(`alter role messaging_${role} password '${PASSWORD}'`);
  await admin.end();
});

afterAll(async () => {
  for (const pool of pools) await pool.end();
  await database?.close();
});

function urlAs(role: string, name?: string): string {
  const url = new URL(database.connectionString);
  url.username = `messaging_${role}`;
  url.password = encodeURIComponent(PASSWORD);
  if (name) url.pathname = `/${name}`;
  return url.href;
}

const configOf = (connectionString: string) => ({ connectionString, poolSize: 2, statementTimeoutMs: 10_000 });

function poolOf(connectionString: string, purpose?: 'indexScansOnly'): Pool {
  const pool = createPool(configOf(connectionString), logger, 'test', purpose);
  pools.push(pool);
  return pool;
}

const codeOf = (db: Pick<Pool, 'query'>, statement: string): Promise<unknown> =>
  db.query(statement).then(
    () => 'it was done',
    (error: { code?: string }) => error.code,
  );

const NO_PRIVILEGE = '42501';
const READ_ONLY = '25006';

/** Data in and out, and every other read. */
async function bringAndTake(api: TestApi): Promise<void> {
  expect((await api.command('upsert-contact', { externalId: 'b', name: 'Bo', phoneNumber: '1' })).status).toBe(201);
  const lines = { 'content-type': 'application/x-ndjson' };
  const contact = '{"externalId":"c","name":"Cy","phoneNumber":"1"}';
  expect((await api.command('import-contacts', contact, lines)).body).toMatchObject({ created: 1 });
  const message = '{"contactExternalId":"c","content":"imported"}';
  expect((await api.command('import-messages', message, lines)).body).toMatchObject({ imported: 1 });
  expect(await (await fetch(`${api.url}/api/export/messages?after=10`)).text()).toContain('imported');
  for (const path of [
    '/api/contacts',
    '/api/contacts/1',
    '/api/contacts/1/messages',
    '/api/messages',
    '/api/messages/1',
    '/api/messages?searchValue=imported',
  ]) {
    expect((await api.get(path)).status).toBe(200);
  }
  for (const contactId of [2, 3]) expect((await api.command('delete-contact', { contactId })).status).toBe(204);
}

describe('the role of the API and the worker', () => {
  let api: TestApi;
  let worker: TestWorker;

  beforeAll(async () => {
    if (!redisUrl) await migrateQueue({ database: configOf(urlAs('migrator')) });
    api = await startTestApi(urlAs('app'));
    worker = await startTestWorker(urlAs('app'), redisUrl);
  });

  afterAll(async () => {
    await worker?.close();
    await api?.close();
  });

  test('leaves no values in the log of the server', async () => {
    const { rows } = await poolOf(urlAs('app')).query(
      `select name, setting from pg_settings where name in
         ('log_error_verbosity', 'log_min_error_statement', 'log_parameter_max_length', 'log_parameter_max_length_on_error')
         and source = 'user' order by name`,
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['terse', 'panic', '0', '0']);
  });

  test('is enough for every read, command and refresh', async () => {
    expect((await api.get('/readyz')).status).toBe(200);
    expect((await api.command('create-contact', { name: 'Ada', phoneNumber: '+1 555 0100' })).status).toBe(201);
    for (let i = 0; i < 10; i += 1) {
      expect((await api.command('send-message', { contactId: 1, content: `hello ${i}` })).status).toBe(201);
    }
    expect((await api.command('update-contact', { contactId: 1, name: 'Ada L.' })).status).toBe(200);
    await bringAndTake(api);
    const found = conversationsPage.parse((await api.get('/api/conversations?searchValue=hello 3')).body);
    expect(found.conversations).toHaveLength(1);
    await eventually(async () => {
      const { headers, body } = await api.get('/api/conversations');
      expect(headers.get('view-pending-changes')).toBe('0');
      expect(conversationsPage.parse(body).conversations[0]?.name).toBe('Ada L.');
    });
    // Merged and deleted rows are the worker's and the triggers' business, too.
    const app = poolOf(urlAs('app'));
    await app.query('delete from messages where id <= 2');
    await app.query('call sum_up_list_sizes()');
    await app.query('vacuum (analyze) recent_conversations, conversation_changes');
    const { rows } = await app.query(
      "select last_analyze is not null as done from pg_stat_user_tables where relname = 'recent_conversations'",
    );
    expect(rows).toEqual([{ done: true }]);
  });

  test.each([
    'alter table messages add column x integer',
    'alter table messages disable trigger all',
    'alter table messages owner to messaging_app',
    'drop table messages',
    'drop index messages_contact_newest',
    'drop materialized view recent_conversations',
    'truncate messages',
    'create table x ()',
    'create temporary table x ()',
    'create schema x',
    'create index on messages (content)',
    'create trigger x after insert on messages execute function record_inserted_messages()',
    'create function x() returns integer language sql return 1',
    'create or replace function fold_text(value text) returns text language sql immutable return value',
    'create extension hstore',
    'alter default privileges for role messaging_migrator grant all on tables to public',
    'delete from schema_migrations',
    'drop schema bullmq cascade',
    'set role messaging_migrator',
    'alter role messaging_app superuser',
    "copy messages to program 'true'",
  ])('cannot %s', async (statement) => {
    expect(await codeOf(poolOf(urlAs('app')), statement)).toBe(NO_PRIVILEGE);
  });
});

describe('the role of reads', () => {
  test('is enough for every read', async () => {
    const pages = poolOf(urlAs('reader'), 'indexScansOnly');
    expect((await listConversations(pages, firstPage)).pagination.total).toBe(1);
    expect((await listContacts(pages, firstPage)).pagination.total).toBe(1);
    expect((await listMessages(pages, { ...firstPage, contactId: 1 })).pagination.total).toBe(8); // ten were sent, two deleted
    expect(await getContact(pages, 1)).toMatchObject({ name: 'Ada L.' });
    for (const term of ['hello', 'ada', '5550100', 'o', 'nowhere to be found']) {
      const { conversations } = await searchConversations(pages, term, firstPage);
      expect(conversations).toHaveLength(term.startsWith('nowhere') ? 0 : 1);
    }
  });

  test.each([
    "insert into contacts (name, phone_number) values ('x', '1')",
    "update contacts set name = 'x'",
    'delete from messages',
    'refresh materialized view recent_conversations',
    'create temporary table x ()',
  ])('cannot %s, even when it says it would write', async (statement) => {
    const reader = new pg.Client({ connectionString: urlAs('reader') });
    await reader.connect();
    expect(await codeOf(reader, statement)).toBe(READ_ONLY);
    await reader.query('set default_transaction_read_only = off');
    expect(await codeOf(reader, statement)).toBe(NO_PRIVILEGE);
    await reader.end();
  });
});

describe('the role that owns the schema', () => {
  test('migrates a new database, and what it adds later is covered', async () => {
    const name = `${new URL(database.connectionString).pathname.slice(1)}_new`;
    const admin = new pg.Client({ connectionString: database.connectionString });
    await admin.connect();
    await admin.query(`create database ${name} template template0 encoding 'UTF8' locale 'C.UTF-8'`);
    try {
      const url = new URL(database.connectionString);
      url.pathname = `/${name}`;
      await createRoles(url.href);
      expect((await migrate(urlAs('migrator', name), logger)).length).toBeGreaterThan(0);
      const migrator = new pg.Client({ connectionString: urlAs('migrator', name) });
      await migrator.connect();
      await migrator.query('create table later (id bigint generated always as identity, x integer)');
      await migrator.query('drop materialized view recent_conversations');
      await migrator.query('call build_recent_conversations()');
      await migrator.end();
      const app = new pg.Client({ connectionString: urlAs('app', name) });
      await app.connect();
      await app.query('insert into later (x) values (1)');
      await app.query('refresh materialized view concurrently recent_conversations');
      expect(await codeOf(app, 'delete from schema_migrations')).toBe(NO_PRIVILEGE);
      expect(await codeOf(app, 'alter table later add y integer')).toBe(NO_PRIVILEGE);
      await app.end();
      const reader = new pg.Client({ connectionString: urlAs('reader', name) });
      await reader.connect();
      expect((await reader.query('select x from later')).rows).toEqual([{ x: 1 }]);
      await reader.end();
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });

  test('owns the partitions of messages, too, whoever has made them', async () => {
    const partitioned = await createTestDatabase();
    const admin = new pg.Client({ connectionString: partitioned.connectionString });
    try {
      await partitionMessages(partitioned.connectionString, 2);
      await createRoles(partitioned.connectionString);
      await admin.connect();
      const { rows } = await admin.query(
        "select pg_get_userbyid(relowner) as owner from pg_class where oid in (select relid from pg_partition_tree('messages'))",
      );
      expect(rows).toEqual(Array(3).fill({ owner: 'messaging_migrator' }));
    } finally {
      await admin.end();
      await partitioned.close();
    }
  });

  test('owns everything that was there before, and nobody else comes in', async () => {
    const admin = new pg.Client({ connectionString: database.connectionString });
    await admin.connect();
    const { rows } = await admin.query(`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relowner <> 'messaging_migrator'::regrole
      union all
      select proname from pg_proc
      where pronamespace = 'public'::regnamespace and proowner <> 'messaging_migrator'::regrole
        and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')`);
    expect(rows).toEqual([]);
    const { rows: everyone } = await admin.query(
      'select from pg_database, aclexplode(datacl) where datname = current_database() and grantee = 0',
    );
    expect(everyone).toHaveLength(0);
    await admin.end();
  });
});
