import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, sendUntilStored, startApi, startProxy } from './harness/index.ts';

const WRITES = 200;
/** As many at most before it dies. */
const ANSWERED = 100;

test('the API killed with 200 writes in flight: sent again with the same keys, each message is there exactly once', async () => {
  const { connectionString, db, connect } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString });
  const proxy = await startProxy(Number(new URL(api.url).port));
  proxy.silenceAfter(ANSWERED); // what is stored from then on is not answered
  // Some of them wait for a lock in PostgreSQL when the process dies, and outlive it there.
  const holder = await connect();
  await holder.query('begin; select from contacts where id = 50 for update');

  let url = `http://127.0.0.1:${proxy.port}`;
  let answered = 0;
  const writes = Array.from({ length: WRITES }, async (_, i) => {
    const message = await sendUntilStored(() => url, { key: `write-${i}`, contactId: i < 3 ? 50 : 1 + (i % 49) });
    answered += 1;
    return message;
  });
  await eventually(
    async () => {
      const { rows } = await db.query('select count(*)::int as stored from messages');
      expect(rows[0].stored).toBeGreaterThan(ANSWERED);
    },
    { intervalMs: 1, timeoutMs: 60_000 },
  );
  await api.kill();
  const next = await startApi({ DATABASE_URL: connectionString });
  url = next.url;
  proxy.refuse(); // as the kernel of a dead host: those who still wait for an answer are told
  await eventually(() => expect(answered).toBeGreaterThan(ANSWERED));
  await holder.query('rollback');

  const stored = await Promise.all(writes);
  const { rows } = await db.query('select id::int, content as key from messages order by content');
  const byKey = stored.map(({ id, key }) => ({ id, key })).sort((a, b) => (a.key < b.key ? -1 : 1));
  expect(rows).toHaveLength(WRITES);
  expect(rows.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(byKey);
  expect(stored.filter(({ wasReplayed }) => wasReplayed).length).toBeGreaterThan(0);
}, 120_000);
