import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { cancelOnAbort, withCancellation } from '../src/connection/cancel.ts';
import { connectionOptions } from '../src/connection/pool.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

const backendPid = async (signal?: AbortSignal) =>
  withCancellation(fixture.pool, signal, async (db) => (await db.query('select pg_backend_pid() as pid')).rows[0].pid);

test('a statement is cancelled when its signal aborts', async () => {
  const closing = new AbortController();
  const running = withCancellation(fixture.pool, closing.signal, (db) => db.query('select pg_sleep(60)'));
  await eventually(async () => {
    const { rows } = await fixture.pool.query(
      "select 1 from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(60)'",
    );
    expect(rows).toHaveLength(1);
  });
  closing.abort();
  await expect(running).rejects.toThrow('canceling statement due to user request');
});

test('a connection whose work was to be cancelled is not used again, others are', async () => {
  const first = await backendPid();
  expect(await backendPid()).toBe(first);
  const closing = new AbortController();
  const aborted = await withCancellation(fixture.pool, closing.signal, async (db) => {
    const { rows } = await db.query('select pg_backend_pid() as pid');
    closing.abort(); // too late to cancel anything of this work
    return rows[0].pid;
  });
  expect(aborted).toBe(first);
  expect(await backendPid()).not.toBe(first);
});

const CANCELLED = 'canceling statement due to user request';

test('a statement is cancelled although its signal was aborted before', async () => {
  const client = await fixture.connect();
  const stop = cancelOnAbort(client, optionsOf(fixture), AbortSignal.abort());
  await expect(client.query('select pg_sleep(10)')).rejects.toThrow(CANCELLED);
  await stop();
});

test('a statement is cancelled although the cancellation came before it', async () => {
  const client = await fixture.connect();
  const closing = new AbortController();
  const stop = cancelOnAbort(client, optionsOf(fixture), closing.signal);
  closing.abort();
  await eventually(async () => {
    const { rows } = await fixture.pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'messaging-cancel'
         and state = 'idle' and query like 'select pg_cancel_backend%'`,
    );
    expect(rows).toHaveLength(1);
  });
  await expect(client.query('select pg_sleep(10)')).rejects.toThrow(CANCELLED);
  await stop();
});

const optionsOf = ({ connectionString }: Fixture) =>
  connectionOptions({ connectionString, poolSize: 1, statementTimeoutMs: 0 }, 'test');
