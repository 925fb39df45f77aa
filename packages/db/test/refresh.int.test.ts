import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { REFRESH_LOCK } from '../src/connection/advisory-locks.ts';
import { refreshRecentConversations } from '../src/refresh/refresh.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
  await fixture.pool.query("insert into messages (contact_id, content) values (1, 'a'), (2, 'b')");
});

afterEach(() => fixture.close());

const count = async (table: string) =>
  Number((await fixture.pool.query(`select count(*) as n from ${table}`)).rows[0].n);

test('brings the view up to date, forgets the changes it saw, and records itself', async () => {
  expect(await fixture.refresh()).toMatchObject({ skipped: false, changesSeen: 2, changesPruned: 2 });
  expect(await count('recent_conversations')).toBe(2);
  expect(await count('conversation_changes')).toBe(0);
  const { rows } = await fixture.pool.query('select * from view_refreshes order by id desc limit 1');
  expect(rows[0]).toMatchObject({ view_name: 'recent_conversations', changes_seen: 2, error: null });
  expect(rows[0].finished_at > rows[0].started_at).toBe(true);
});

test('keeps a change that is committed while it refreshes', async () => {
  // An analyze that is not committed holds the refresh up at its exclusive lock, after it has looked at the changes.
  const holder = await fixture.connect();
  await holder.query('begin; analyze recent_conversations');
  const refreshing = fixture.refresh();
  await eventually(async () => {
    const { rows } = await fixture.pool.query(
      "select 1 from pg_stat_activity where datname = current_database() and application_name = 'messaging-refresh' and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(1);
  });
  await fixture.pool.query("insert into messages (contact_id, content) values (2, 'newer'), (3, 'new')");
  await holder.query('commit');
  expect(await refreshing).toMatchObject({ changesSeen: 2, changesPruned: 1 });
  const { rows } = await fixture.pool.query('select contact_id, preview from conversation_changes order by contact_id');
  expect(rows).toEqual([
    { contact_id: 2, preview: 'newer' },
    { contact_id: 3, preview: 'new' },
  ]);
});

test('leaves a change that is being written to the next refresh, without waiting', async () => {
  const writer = await fixture.connect();
  await writer.query("begin; insert into messages (contact_id, content) values (1, 'open')");
  expect(await fixture.refresh()).toMatchObject({ changesSeen: 2, changesPruned: 1 });
  await writer.query('commit');
  expect(await fixture.refresh()).toMatchObject({ changesSeen: 1, changesPruned: 1 });
});

test('steps back while another process refreshes', async () => {
  const other = await fixture.connect();
  await other.query(`select pg_advisory_lock(${REFRESH_LOCK})`);
  expect(await fixture.refresh()).toEqual({ skipped: true });
});

test('records a failure, throws it, and keeps the changes', async () => {
  await fixture.pool.query('alter materialized view recent_conversations rename to gone');
  await expect(fixture.refresh()).rejects.toThrow('recent_conversations');
  const { rows } = await fixture.pool.query('select error from view_refreshes order by id desc limit 1');
  expect(rows[0].error).toContain('does not exist');
  expect(await count('conversation_changes')).toBe(2);
});

test('is cancelled in PostgreSQL when its signal aborts', async () => {
  const holder = await fixture.connect();
  await holder.query('begin; analyze recent_conversations');
  const closing = new AbortController();
  const config = { connectionString: fixture.connectionString, poolSize: 1, statementTimeoutMs: 60_000 };
  const refreshing = refreshRecentConversations(config, { timeoutMs: 60_000, signal: closing.signal });
  await eventually(async () => {
    const { rows } = await fixture.pool.query(
      "select 1 from pg_stat_activity where datname = current_database() and application_name = 'messaging-refresh' and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(1);
  });
  closing.abort();
  await expect(refreshing).rejects.toThrow('canceling statement due to user request');
});

test('is not begun when its signal aborts while it connects', async () => {
  const holder = await fixture.connect();
  await holder.query('begin; analyze recent_conversations');
  const closing = new AbortController();
  const config = { connectionString: fixture.connectionString, poolSize: 1, statementTimeoutMs: 60_000 };
  const limits = { timeoutMs: 60_000, lockTimeoutMs: 5_000, signal: closing.signal };
  const refreshing = refreshRecentConversations(config, limits);
  closing.abort();
  await expect(refreshing).rejects.toThrow('This operation was aborted');
});

test('builds the view again after it was dropped', async () => {
  await fixture.pool.query('drop materialized view recent_conversations');
  await fixture.pool.query('call build_recent_conversations()');
  expect(await fixture.refresh()).toMatchObject({ skipped: false });
  expect(await count('recent_conversations')).toBe(2);
});
