import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addContacts, createFixture, type Fixture } from './support.ts';

const CONTACTS = 500;
const TABLES = ['recent_conversations', 'conversation_changes', 'unsegmented_messages'];

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, CONTACTS);
});

afterEach(() => fixture.close());

/** Changes every conversation and refreshes, several times; returns what was vacuumed. */
async function refreshTimes(times: number): Promise<string[]> {
  const vacuumed: string[] = [];
  for (let i = 0; i < times; i++) {
    await fixture.pool.query("insert into messages (contact_id, content) select id, 'hello' from contacts");
    const outcome = await fixture.refresh();
    if (!outcome.skipped) vacuumed.push(...outcome.vacuumed);
  }
  return vacuumed;
}

async function sizes(): Promise<number[]> {
  const { rows } = await fixture.pool.query<{ bytes: number }>(
    'select pg_total_relation_size(relation::regclass)::int as bytes from unnest($1::text[]) as relation',
    [TABLES],
  );
  return rows.map(({ bytes }) => bytes);
}

test('the sizes of the view and of the changes level off over many refreshes', async () => {
  const vacuumed = await refreshTimes(10);
  expect(new Set(vacuumed)).toEqual(new Set(TABLES));
  const early = await sizes();
  await refreshTimes(30);
  const late = await sizes();
  for (const [at, bytes] of late.entries()) expect(bytes).toBeLessThan(1.5 * (early[at] ?? 0));
}, 120_000);

test('nothing is vacuumed for a few changes', async () => {
  await refreshTimes(1);
  await fixture.pool.query("insert into messages (contact_id, content) values (1, 'hello')");
  expect(await fixture.refresh()).toMatchObject({ changesPruned: 1, vacuumed: [] });
});
