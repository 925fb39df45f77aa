import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { connectionOptions } from '../src/connection/pool.ts';
import { backendPidOf, connectClient, createPoolWithSettings } from '../src/connection/session-settings.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

const options = () =>
  connectionOptions({ connectionString: fixture.connectionString, poolSize: 1, statementTimeoutMs: 0 }, 'settings');

const countSessions = async () => {
  const sql = "select from pg_stat_activity where datname = current_database() and application_name = 'settings'";
  return (await fixture.pool.query(sql)).rows.length;
};

test('a connection of a pool has the settings for its first statement', async () => {
  const pool = createPoolWithSettings({ ...options(), max: 2 }, { statement_timeout: 1_500, enable_seqscan: 'off' });
  const sql = "select current_setting('statement_timeout') as timeout, current_setting('enable_seqscan') as scan";
  const results = await Promise.all([pool.query(sql), pool.query(sql)]);
  for (const { rows } of results) expect(rows).toEqual([{ timeout: '1500ms', scan: 'off' }]);
  const client = await pool.connect();
  expect((await client.query('select pg_backend_pid() as pid')).rows).toEqual([{ pid: backendPidOf(client) }]);
  client.release();
  await pool.end();
});

test('a connection that cannot have its settings is closed, and nothing runs on it', async () => {
  const pool = createPoolWithSettings({ ...options(), max: 1 }, { no_such_setting: 1 });
  await expect(pool.query('create table must_not_be ()')).rejects.toThrow('no_such_setting');
  expect(pool.totalCount).toBe(0);
  await expect(connectClient(options(), { no_such_setting: 1 })).rejects.toThrow('no_such_setting');
  await eventually(async () => expect(await countSessions()).toBe(0));
  expect((await fixture.pool.query("select to_regclass('must_not_be') as made")).rows).toEqual([{ made: null }]);
  await pool.end();
});
