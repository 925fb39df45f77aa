import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type LoadProgress, silentProgress } from '../src/bulk-load/progress.ts';
import {
  DatabaseNotEmptyError,
  InvalidSeedOptionsError,
  SeedInProgressError,
  SeedInterruptedError,
} from '../src/seed/errors.ts';
import { generateContacts, generateMessages } from '../src/seed/generate.ts';
import { seedDatabase } from '../src/seed/seed-database.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts';

const small = { contacts: 200, messages: 3_000, seed: 1, reset: false };
const large = { contacts: 500, messages: 40_000, seed: 2, reset: true };

let database: TestDatabase;
let db: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  db = new pg.Client({ connectionString: database.connectionString });
  db.on('error', () => {});
  await db.connect();
});

afterEach(async () => {
  await db.end();
  await database.close();
});

describe('a seed of an empty database', () => {
  test('stores exactly what the generators give', async () => {
    const summary = await seed(small);

    const contacts = await rows(
      `select id::int, external_id as "externalId", name, phone_number as "phoneNumber", ${iso('created_at')} as "createdAt", ${iso('updated_at')} as "updatedAt"
       from contacts order by id`,
    );
    expect(contacts).toEqual([...generateContacts(small)]);
    const messages = await rows(
      `select id::int, contact_id::int as "contactId", content, ${iso('created_at')} as "createdAt", direction
       from messages order by id`,
    );
    expect(messages).toEqual([...generateMessages(small)]);
    expect(summary).toMatchObject({ contacts: 200, messages: 3_000, seed: 1 });
    expect(summary.phases.map(({ name }) => name)).toContain('index messages_contact_newest');
  });

  test('leaves keys, indexes and triggers as they were', async () => {
    const before = await describeSchema();
    await seed(small);
    expect(await describeSchema()).toEqual(before);
  });

  test('leaves the view fresh, with nothing pending and its time known', async () => {
    await seed(small);
    expect(await differences()).toEqual([]);
    expect(await rows('select count(*)::int from conversation_changes')).toEqual([{ count: 0 }]);
    expect(await rows('select count(*)::int from recent_conversations')).not.toEqual([{ count: 0 }]);
    const [newest] = await rows('select * from view_refreshes order by id desc limit 1');
    expect(newest).toMatchObject({ view_name: 'recent_conversations', finished_at: expect.any(Date), error: null });
  });

  test('lets ids go on after the seed', async () => {
    await seed(small);
    const contact = await rows("insert into contacts (name, phone_number) values ('A', '1') returning id::int");
    const message = await rows("insert into messages (contact_id, content) values (1, 'b') returning id::int");
    expect([contact, message]).toEqual([[{ id: 201 }], [{ id: 3_001 }]]);
    expect(await rows('select contact_id::int from conversation_changes')).toEqual([{ contact_id: 1 }]);
  });

  test('gathers statistics', async () => {
    await seed(small);
    expect(await rows("select reltuples::int from pg_class where relname = 'messages'")).toEqual([
      { reltuples: 3_000 },
    ]);
  });

  test.each([
    { contacts: 0, messages: 0 },
    { contacts: 50, messages: 0 },
    { contacts: 50, messages: 3 },
  ])('takes $contacts contacts and $messages messages', async (size) => {
    await seed({ ...small, ...size });
    expect(await countRows()).toEqual(size);
    const [next] = await rows("insert into contacts (name, phone_number) values ('A', '1') returning id::int");
    expect(next).toEqual({ id: size.contacts + 1 });
  });

  test('migrates it first', async () => {
    await db.query('drop schema public cascade; create schema public');
    await seed(small);
    expect(await countRows()).toEqual({ contacts: 200, messages: 3_000 });
  });

  test('builds the view where it was dropped', async () => {
    await db.query('drop materialized view recent_conversations');
    await seed(small);
    expect(await differences()).toEqual([]);
  });
});

describe('a database that holds data', () => {
  beforeEach(async () => {
    await seed(small);
  });

  test('is refused without --reset, with what it holds', async () => {
    const refusal = seed({ ...large, reset: false });
    await expect(refusal).rejects.toThrow(DatabaseNotEmptyError);
    await expect(refusal).rejects.toThrow(/200 contacts and 3,000 messages.*--reset/);
    expect(await countRows()).toEqual({ contacts: 200, messages: 3_000 });
  });

  test('is replaced with --reset', async () => {
    await db.query("insert into messages (contact_id, content) values (1, 'pending')");
    const before = await describeSchema();
    await seed(large);
    expect(await countRows()).toEqual({ contacts: 500, messages: 40_000 });
    expect(await describeSchema()).toEqual(before);
    expect(await differences()).toEqual([]);
    expect(await rows('select count(*)::int from conversation_changes')).toEqual([{ count: 0 }]);
  });

  test('leaves disabled triggers disabled', async () => {
    await db.query('alter table messages disable trigger record_updated_messages');
    const before = await describeSchema();
    await seed(large);
    expect(await describeSchema()).toEqual(before);
  });

  test('refuses messages without contacts', async () => {
    await expect(seed({ ...large, contacts: 0 })).rejects.toThrow(InvalidSeedOptionsError);
    expect(await countRows()).toEqual({ contacts: 200, messages: 3_000 });
  });

  describe.each(['messages', 'index messages_contact_newest', 'view'])('interrupted at %s', (phase) => {
    test('by a signal, keeps its data and says so the next time', async () => {
      const controller = new AbortController();
      const before = await snapshot();
      const interrupted = seed(
        large,
        { ...silentProgress, begin: when(phase, () => controller.abort()) },
        controller.signal,
      );
      await expect(interrupted).rejects.toThrow(SeedInterruptedError);
      expect(await snapshot()).toEqual(before);
      await expectRecovery();
    });

    test('by the loss of its connection, keeps its data and says so the next time', async () => {
      const before = await snapshot();
      let terminated: Promise<unknown> | undefined;
      const terminate = () => {
        terminated = db.query(TERMINATE_SEED);
      };
      await expect(seed(large, { ...silentProgress, begin: when(phase, terminate) })).rejects.toThrow();
      await terminated;
      expect(await snapshot()).toEqual(before);
      await expectRecovery();
    });
  });

  test('tells an interruption after the commit from one before', async () => {
    const controller = new AbortController();
    const begin = when('vacuum and analyze', () => controller.abort());
    const interrupted = seed(large, { ...silentProgress, begin }, controller.signal);
    await expect(interrupted).rejects.toMatchObject({ name: 'SeedInterruptedError', isLoaded: true });
    expect(await countRows()).toEqual({ contacts: 500, messages: 40_000 });
  });
});

describe('beside others', () => {
  let reader: pg.Client;
  beforeEach(async () => {
    reader = new pg.Client({ connectionString: database.connectionString });
    await reader.connect();
  });
  afterEach(() => reader.end());

  test('a second seed is refused while one is at work', async () => {
    await reader.query('begin; select from messages');
    const both = [seed(small), seed(small)];
    await expect(Promise.race(both)).rejects.toThrow(SeedInProgressError);
    await reader.query('commit');
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await countRows()).toEqual({ contacts: 200, messages: 3_000 });
  });
});

/** Loads the data set into the test's database. */
function seed(options: typeof small, progress: LoadProgress = silentProgress, signal?: AbortSignal) {
  return seedDatabase(database.connectionString, options, progress, undefined, signal);
}

const TERMINATE_SEED = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'messaging-seed' and datname = current_database()`;

function when(wanted: string, act: () => void): LoadProgress['begin'] {
  return (phase) => {
    if (phase === wanted) act();
  };
}

/** The next seed says that the last one did not finish, once, and succeeds. */
async function expectRecovery(): Promise<void> {
  const notices: string[] = [];
  const progress = { ...silentProgress, notice: (line: string) => notices.push(line) };
  await seed({ ...small, reset: true }, progress);
  expect(notices).toEqual([
    expect.stringMatching(
      /^A seed of 500 contacts and 40,000 messages that began at .* UTC did not finish; nothing of it was kept\.$/,
    ),
  ]);
  await seed({ ...small, reset: true }, progress);
  expect(notices).toHaveLength(1);
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await db.query<Record<string, unknown>>(sql)).rows;
}

async function countRows(): Promise<unknown> {
  const [counts] = await rows(
    'select (select count(*)::int from contacts) as contacts, (select count(*)::int from messages) as messages',
  );
  return counts;
}

/** Conversations that the view has otherwise than the tables. */
function differences(): Promise<unknown[]> {
  return rows(
    `(table recent_conversations except table current_conversations)
     union all (table current_conversations except table recent_conversations)`,
  );
}

/** All that an interrupted seed must leave alone. */
async function snapshot(): Promise<unknown> {
  const data = await rows(
    `select (select md5(string_agg(c::text, ',' order by id)) from contacts c) as contacts,
      (select md5(string_agg(m::text, ',' order by id)) from messages m) as messages,
      (select md5(string_agg(v::text, ',' order by contact_id)) from recent_conversations v) as view,
      (select count(*)::int from view_refreshes) as refreshes,
      (select last_value::int from pg_sequences where sequencename = 'messages_id_seq') as "lastId"`,
  );
  return { data, schema: await describeSchema() };
}

function describeSchema(): Promise<unknown[]> {
  return rows(
    `select conrelid::regclass::text as "on", conname as name, pg_get_constraintdef(oid) || convalidated::text as definition
     from pg_constraint where connamespace = 'public'::regnamespace
     union all
     select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
     union all
     select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
     order by 1, 2, 3`,
  );
}

function iso(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
