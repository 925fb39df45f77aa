import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { withCancellation } from '../src/cancel.ts';
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
