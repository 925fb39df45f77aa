import { expect, test } from '@jest/globals';
import { startStreamingReplica } from '@messaging/local/testing';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import {
  createFaultDatabase,
  indexAll,
  onCleanUp,
  restoreInto,
  startApi,
  startOwnPostgres,
  startWorker,
} from './harness/index.ts';

/** More than a fresh cluster has used: the ids in the dump are of its future. */
const USED_TRANSACTION_IDS = 20_000;

test('a dump with something pending, restored into a younger cluster: it is refreshed, and what is written then is found', async () => {
  const [older, younger] = [await startOwnPostgres(), await startOwnPostgres()];
  const source = await createFaultDatabase(older.connectionString);
  await source.db.query('set synchronous_commit = off');
  await source.db.query(`
    do $$ begin for i in 1..${USED_TRANSACTION_IDS} loop perform pg_current_xact_id(); commit; end loop; end $$`);
  const firstWorker = await startWorker({ DATABASE_URL: source.connectionString });
  await source.send(1);
  await source.untilViewIsCurrent();
  expect(await indexAll(source.connectionString)).toBe(1);
  await firstWorker.stop();
  await source.send(2); // pending, and not in the index yet
  await restoreInto(source.db, younger.connectionString);

  const restored = await createFaultDatabase(younger.connectionString, { isFilled: true });
  const { rows } = await restored.db.query(
    'select changed_by > pg_current_xact_id() as "isOfTheFuture" from conversation_changes',
  );
  expect(rows).toEqual([{ isOfTheFuture: true }]);
  const api = await startApi({ DATABASE_URL: restored.connectionString });
  const sent = await api.post('/api/commands/send-message', { contactId: 3, content: 'zqxvwkjh' });
  expect(sent.status).toBe(201);
  await startWorker({ DATABASE_URL: restored.connectionString });
  await restored.untilViewIsCurrent();
  for (const indexed of [false, true]) {
    if (indexed) expect(await indexAll(restored.connectionString)).toBe(1);
    expect(await search(api, 'zqxvwkjh')).toEqual([3]);
    expect(await search(api, 'hello')).toEqual([2, 1]);
  }
}, 120_000);

test('a replica that becomes the primary with something pending: it is refreshed, and what is written then is found', async () => {
  const primary = await startOwnPostgres();
  const source = await createFaultDatabase(primary.connectionString);
  const firstWorker = await startWorker({ DATABASE_URL: source.connectionString });
  await source.send(1);
  await source.untilViewIsCurrent();
  expect(await indexAll(source.connectionString)).toBe(1);
  await firstWorker.stop();
  await source.send(2); // pending
  const replica = await startStreamingReplica(primary);
  onCleanUp(replica.close);
  const standby = new pg.Client({ connectionString: replica.connectionString });
  await standby.connect();
  await eventually(async () => expect((await standby.query('select from messages')).rowCount).toBe(2));
  await standby.end();
  await primary.stop('immediate');
  await replica.promote();

  const promoted = await createFaultDatabase(replica.connectionString, { isFilled: true });
  const api = await startApi({ DATABASE_URL: promoted.connectionString });
  expect((await api.post('/api/commands/send-message', { contactId: 3, content: 'zqxvwkjh' })).status).toBe(201);
  await startWorker({ DATABASE_URL: promoted.connectionString });
  await promoted.untilViewIsCurrent();
  expect(await search(api, 'zqxvwkjh')).toEqual([3]);
  expect(await search(api, 'hello')).toEqual([2, 1]);
  await primary.start(); // what it holds is compared too
}, 120_000);

async function search(api: Awaited<ReturnType<typeof startApi>>, term: string): Promise<number[]> {
  const { body } = await api.get<{ conversations: { contactId: number }[] }>(`/api/conversations?searchValue=${term}`);
  return body.conversations.map(({ contactId }) => contactId);
}
