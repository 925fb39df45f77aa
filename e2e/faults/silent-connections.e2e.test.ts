import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, expectListToBeginWith, startApi, startProxy, startWorker } from './harness/index.ts';

test('goes on when every connection to the database has fallen silent', async () => {
  const { connectionString, send, untilViewIsCurrent } = await createFaultDatabase();
  const proxy = await startProxy(Number(new URL(connectionString).port));
  const env = { DATABASE_URL: proxy.urlFor(connectionString), DB_STATEMENT_TIMEOUT_MS: '1000' };
  const api = await startApi(env);
  const worker = await startWorker(env);
  const first = await send(1);
  await untilViewIsCurrent();
  await expectListToBeginWith(api, first); // last, so that the pool has a connection for the next read

  expect(proxy.silence()).toBeGreaterThan(3);
  const messageId = await send(2);
  const answers: number[] = [];
  await eventually(
    async () => {
      const { status } = await api.get('/api/conversations');
      answers.push(status);
      expect(status).toBe(200);
    },
    { timeoutMs: 35_000 },
  );
  expect(new Set(answers)).toEqual(new Set([503, 200])); // a silent connection is no bug of ours
  await expectListToBeginWith(api, messageId);
  await untilViewIsCurrent(35_000);
  await worker.untilReady();
}, 120_000);

test('a refresh whose connection falls silent does not keep others from refreshing', async () => {
  const { connectionString, send, ...database } = await createFaultDatabase();
  const proxy = await startProxy(Number(new URL(connectionString).port));
  await startWorker({ DATABASE_URL: proxy.urlFor(connectionString) });
  const letGo = await database.holdRefreshes();
  await send(1);
  await database.untilRefreshWaits();
  expect(proxy.silence('messaging-refresh')).toBe(1);
  await letGo();
  await database.untilViewIsCurrent(35_000);
}, 120_000);
