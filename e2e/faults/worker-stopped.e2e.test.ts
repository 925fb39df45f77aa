import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, startWorker } from './harness/index.ts';

/** As a machine that sleeps: the sockets of a stopped process stay open, and its kernel goes on acknowledging. */
test('a worker stopped in the middle of its refresh does not keep others from refreshing', async () => {
  const { connectionString, send, db, ...database } = await createFaultDatabase();
  const holder = await database.connect();
  await holder.query('begin; lock table unsegmented_contacts in access exclusive mode');
  const { pid } = await startWorker({ DATABASE_URL: connectionString });
  await send(1);
  await database.untilRefreshWaits('select segment_messages');

  process.kill(pid, 'SIGSTOP');
  await holder.query('rollback');
  await eventually(async () => {
    const { rows } = await db.query(
      `select state from pg_stat_activity
       where datname = current_database() and application_name = 'messaging-refresh'`,
    );
    expect(rows).toEqual([{ state: 'idle' }]);
  });
  await startWorker({ DATABASE_URL: connectionString });
  await database.untilViewIsCurrent(35_000);
}, 120_000);
