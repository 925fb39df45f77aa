import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { getRefreshStatus } from '../src/queries/get-refresh-status.ts';
import { getViewStatus } from '../src/queries/get-view-status.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await fixture.pool.query('delete from view_refreshes');
});

afterEach(() => fixture.close());

/** Records a refresh of one second that ended at that time, which is SQL. */
const plantRefresh = (finishedAt: string, error: string | null = null) =>
  fixture.pool.query(
    `insert into view_refreshes (view_name, started_at, finished_at, error)
     values ('recent_conversations', ${finishedAt} - interval '1 s', ${finishedAt}, $1)`,
    [error],
  );

test('an age is that of the newest success, by id, that does not lie in the future', async () => {
  await plantRefresh("now() - interval '1 minute'");
  await plantRefresh("now() - interval '1 hour'");
  await plantRefresh("now() + interval '2 years'");
  const { viewAgeSeconds, lastRefresh } = await getRefreshStatus(fixture.pool);
  expect(Math.round((viewAgeSeconds ?? 0) / 3_600)).toBe(1);
  expect(lastRefresh).toMatchObject({ endedAgoMs: null, durationMs: 1_000, outcome: 'refreshed' });
  const { refreshedAt } = await getViewStatus(fixture.pool);
  expect(Math.round((Date.now() - Date.parse(refreshedAt ?? '')) / 3_600_000)).toBe(1);
});

test('nothing is said of an age while every refresh lies in the future', async () => {
  await plantRefresh("now() + interval '2 years'");
  expect(await getRefreshStatus(fixture.pool)).toMatchObject({ viewAgeSeconds: null });
  expect(await getViewStatus(fixture.pool)).toMatchObject({ refreshedAt: null });
});

test('failures are counted since the last success, in whichever order their times are', async () => {
  await plantRefresh('now()', 'no space left');
  await plantRefresh("now() + interval '2 years'");
  await plantRefresh("now() - interval '1 day'", 'no space left');
  await plantRefresh('now()', 'no space left');
  const { consecutiveFailures, lastRefresh } = await getRefreshStatus(fixture.pool);
  expect([consecutiveFailures, lastRefresh?.error]).toEqual([2, 'no space left']);
});

test('the last refresh is the one that was recorded by the worker, and its work is known', async () => {
  await addContacts(fixture.pool, 1);
  await plantRefresh("now() + interval '2 years'");
  await fixture.refresh();
  const { lastRefresh, consecutiveFailures } = await getRefreshStatus(fixture.pool);
  expect(lastRefresh).toMatchObject({ endedAgoMs: expect.any(Number), workedMs: expect.any(Number) });
  expect(consecutiveFailures).toBe(0);
});
