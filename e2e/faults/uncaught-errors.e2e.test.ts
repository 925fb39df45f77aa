import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, startApi } from './harness/index.ts';

/** Throws where no request and no promise is waiting for it, as a bug in a callback does. */
const THROW_ON_SIGNAL = `data:text/javascript,${encodeURIComponent(
  "process.on('SIGWINCH', () => { throw new Error('nobody catches this'); });",
)}`;

test('an error that nobody caught ends the process, after the requests under way have their responses', async () => {
  const { connectionString, connect, db } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString, NODE_OPTIONS: `--import=${THROW_ON_SIGNAL}` });
  const holder = await connect();
  await holder.query('begin; lock table contacts');
  const underWay = api.get('/api/contacts?pageSize=1');
  await eventually(async () => {
    const { rows } = await db.query(
      "select from pg_stat_activity where datname = current_database() and application_name = 'messaging-api' and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(1);
  });
  const uncaught = () =>
    api.logLines().filter(({ level, msg }) => level === 'fatal' && msg.startsWith('uncaught error'));
  for (const times of [1, 2]) {
    process.kill(api.pid, 'SIGWINCH');
    await eventually(() => expect(uncaught()).toHaveLength(times));
  }
  expect(uncaught()[0]).toMatchObject({ err: { stack: expect.stringContaining('data:text/javascript') } });
  await holder.query('commit');
  expect((await underWay).status).toBe(200);
  expect(await api.exited).toBe(1);
});
