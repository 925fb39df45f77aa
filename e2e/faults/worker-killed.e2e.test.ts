import { expect, test } from '@jest/globals';
import { createFaultDatabase, expectListToBeginWith, startApi, startWorker } from './harness/index.ts';

test('a worker killed in the middle of a refresh: the next one catches up, and the list is right throughout', async () => {
  const { connectionString, send, ...database } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString });
  const worker = await startWorker({ DATABASE_URL: connectionString });
  const letGo = await database.holdRefreshes();
  const first = await send(1);
  await database.untilRefreshWaits();

  await worker.kill();
  await expectListToBeginWith(api, first);
  await letGo();
  const second = await send(2);
  await expectListToBeginWith(api, second, first);

  await startWorker({ DATABASE_URL: connectionString });
  await database.untilViewIsCurrent();
  await expectListToBeginWith(api, second, first);
  expect(await viewOf(database.db)).toEqual([second, first]);
}, 120_000);

test('a worker killed between refresh and prune: the next one prunes, and the list is right throughout', async () => {
  const { connectionString, send, ...database } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString });
  await send(1);
  const first = await send(1); // its messages are segmented after the refresh and before the prune
  const holder = await database.connect();
  await holder.query('begin; lock table message_segments in share mode');
  const worker = await startWorker({ DATABASE_URL: connectionString });
  await database.untilRefreshWaits('select segment_messages');

  await worker.kill();
  expect(await viewOf(database.db)).toEqual([first]);
  expect((await database.db.query('select contact_id::int from conversation_changes')).rows).toEqual([
    { contact_id: 1 },
  ]);
  await expectListToBeginWith(api, first);
  await holder.query('rollback');

  const second = await send(2);
  await startWorker({ DATABASE_URL: connectionString });
  await database.untilViewIsCurrent();
  await expectListToBeginWith(api, second, first);
  expect(await viewOf(database.db)).toEqual([second, first]);
  expect((await database.listRefreshes()).map(({ error }) => error?.split(':')[0])).toContain('interrupted');
}, 120_000);

async function viewOf(db: { query: (sql: string) => Promise<{ rows: { id: number }[] }> }): Promise<number[]> {
  const { rows } = await db.query(
    'select last_message_id::int as id from recent_conversations order by last_message_at desc, contact_id desc',
  );
  return rows.map(({ id }) => id);
}
