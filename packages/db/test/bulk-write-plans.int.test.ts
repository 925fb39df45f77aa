import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { type Node, nodesOf } from './plans.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

const BATCH = 1_000;
/** PostgreSQL plans a function's statement for its arguments five times, then perhaps once and for all. */
const BATCHES = 7;
/** How many rows a node of a plan may handle for each row that is written. */
const ROWS_FOR_EACH = 20;

let fixture: Fixture;
let client: pg.Client;
let plans: Node[];

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, BATCH * BATCHES);
  await fixture.pool.query("insert into messages (contact_id, content) select id, 'first' from contacts");
  await fixture.refresh();
  // A table that had rows, was emptied and vacuumed, and could not be shortened, stays empty in the eyes of the planner.
  await fixture.pool.query('insert into conversation_changes (contact_id) select generate_series(1, 10000)');
  await fixture.pool.query('delete from conversation_changes');
  await fixture.pool.query('vacuum (analyze, truncate off) conversation_changes');
  client = await explainingClient();
});

afterEach(() => fixture.close());

/** A session whose statements, those inside of triggers too, leave their executed plans in `plans`. */
async function explainingClient(): Promise<pg.Client> {
  const session = await fixture.connect();
  await session.query(`load 'auto_explain';
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_format = json`);
  await session.query('set client_min_messages = log');
  plans = [];
  session.on('notice', ({ message = '' }) => {
    if (message.startsWith('duration:')) plans.push(...nodesOf(JSON.parse(message.slice(message.indexOf('{'))).Plan));
  });
  return session;
}

/** The most rows that a node took in, those it threw away included. */
const mostRows = (nodes: Node[]) =>
  Math.max(
    ...nodes.map(
      (node) =>
        node['Actual Loops'] *
        (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0)),
    ),
  );

test.each([
  [
    'inserting messages',
    "insert into messages (contact_id, content) select id, 'next' from contacts where id > $1 and id <= $2",
  ],
  ['editing messages', "update messages set content = 'edited' where contact_id > $1 and contact_id <= $2"],
  ['deleting messages', 'delete from messages where contact_id > $1 and contact_id <= $2'],
  ['renaming contacts', "update contacts set name = 'other' where id > $1 and id <= $2"],
])('%s by the thousand costs the same for each, however many changes are pending', async (_what, statement) => {
  await client.query(statement, [0, 2]); // what is planned once a session is planned for two rows
  for (let batch = 0; batch < BATCHES; batch++) {
    plans = [];
    await client.query(statement, [batch * BATCH, (batch + 1) * BATCH]);
    expect(plans.length).toBeGreaterThan(3);
    expect(mostRows(plans)).toBeLessThanOrEqual(ROWS_FOR_EACH * BATCH);
  }
});

test.each([
  ['editing', "update messages set content = 'edited' where contact_id = 1 and id % 7 = $1"],
  ['deleting', 'delete from messages where contact_id = 1 and id % 7 = $1'],
])('%s a thousand messages of one contact looks at each of its segments once', async (_what, statement) => {
  await fixture.pool.query(
    "insert into messages (contact_id, content) select 1, 'number ' || i from generate_series(1, $1::int) i",
    [BATCH * BATCHES],
  );
  await client.query('begin');
  await client.query(`${statement} and id < 0`, [0]);
  plans = [];
  await client.query(statement, [3]);
  expect(plans.length).toBeGreaterThan(3);
  expect(mostRows(plans)).toBeLessThanOrEqual(ROWS_FOR_EACH * BATCH);
  await client.query('commit');
});
