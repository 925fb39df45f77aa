import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { conversationsPage } from '@messaging/shared';
import pg from 'pg';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

const MESSAGES = 50;
/** Folding each text several times takes longer on a fast machine; a slow one has time enough without that. */
const SEARCH_TIMEOUT_MS = 25_000;

let database: TestDatabase;
let api: TestApi;

beforeEach(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, {
    search: { poolSize: 2, timeoutMs: SEARCH_TIMEOUT_MS },
  });
});

afterEach(async () => {
  await api?.close();
  await database?.close();
});

/** Folding removes the accents. */
const ACCENTED = 'e\u0301'.repeat(100);

/**
 * Stores for each of 50 contacts a message of 1 MiB that ends in `Needle 42`. What folding makes of it is simple, so the
 * segments are written without it.
 */
async function storeLongMessages(letter: string): Promise<void> {
  const db = new pg.Client({ connectionString: database.connectionString });
  await db.connect();
  await db.query(`
    alter table messages alter content set storage external;
    insert into contacts (name, phone_number) select 'contact', '+1 555' from generate_series(1, ${MESSAGES});
    set session_replication_role = replica`);
  const text = letter.repeat(1_048_576 / Buffer.byteLength(letter));
  const add = "insert into messages (contact_id, content) select id, $1 || ' ' || id || ' Needle 42' from contacts";
  await db.query(add, [ACCENTED + text]);
  await db.query(`
    insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
    select contact_id, created_at, created_at, 1, array[id], replace(replace(content, 'N', 'n'), U&'\\0301', '')
    from messages;
    refresh materialized view recent_conversations`);
  await db.end();
}

test.each([
  ['Cyrillic', 'ж'],
  ['ideographs', '漢'],
])('finds and shows a page of 50 messages of 1 MiB of %s', async (_what, letter) => {
  await storeLongMessages(letter);
  const { status, body } = await api.get('/api/conversations?searchValue=needle%2042');
  expect(status).toBe(200);
  const { conversations } = conversationsPage.parse(body);
  expect(conversations).toHaveLength(MESSAGES);
  for (const { match } of conversations) {
    expect(match?.ranges.map(([start, end]) => match.snippet.slice(start, end))).toEqual(['Needle 42']);
  }
});
