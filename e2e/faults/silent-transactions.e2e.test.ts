import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, startApi, startProxy } from './harness/index.ts';

/** As many as the requests below, so that each holds up a connection of its own. */
const POOL_SIZE = 3;

test('what is written after a silence is not part of a transaction that the silence broke off', async () => {
  const { connectionString, connect } = await createFaultDatabase();
  const proxy = await startProxy(Number(new URL(connectionString).port));
  const api = await startApi({
    DATABASE_URL: proxy.urlFor(connectionString),
    COMMAND_POOL_SIZE: String(POOL_SIZE),
    DB_STATEMENT_TIMEOUT_MS: '5000',
  });
  const holder = await connect();
  const observer = await connect();
  const backends = async (where: string): Promise<number[]> => {
    const { rows } = await observer.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'messaging-commands' and ${where}`,
    );
    return rows.map(({ pid }) => pid);
  };

  // Each keyed command waits inside its transaction when the silence begins.
  await holder.query(`begin; select from contacts where id <= ${POOL_SIZE} for update`);
  const keyed = Array.from({ length: POOL_SIZE }, (_, i) =>
    api.post('/api/commands/send-message', { contactId: i + 1, content: 'keyed' }, { 'idempotency-key': `key-${i}` }),
  );
  const waiting = await eventually(async () => {
    const pids = await backends("wait_event_type = 'Lock'");
    expect(pids).toHaveLength(POOL_SIZE);
    return pids;
  });
  expect(proxy.silence('messaging-commands')).toBeGreaterThanOrEqual(POOL_SIZE);
  await holder.query('rollback');
  const answers = await Promise.all(keyed);
  expect(answers.map(({ status }) => status)).toEqual(Array(POOL_SIZE).fill(503));
  expect(await backends("state = 'idle in transaction'")).toHaveLength(POOL_SIZE);

  proxy.hearAgain();
  const written = [];
  for (let i = 0; i < 2 * POOL_SIZE; i++) {
    written.push(
      await api.post<{ message: { id: number } }>('/api/commands/send-message', {
        contactId: 2,
        content: `plain ${i}`,
      }),
    );
  }
  expect(written.map(({ status }) => status)).toEqual(Array(2 * POOL_SIZE).fill(201));
  await eventually(async () => {
    expect(await backends("state like 'idle in transaction%'")).toEqual([]);
    expect(await backends(`pid = any('{${waiting.join()}}')`)).toEqual([]);
  });
  const { rows } = await observer.query('select id::int from messages order by id');
  expect(rows.map(({ id }) => id)).toEqual(written.map(({ body }) => body.message.id));
}, 90_000);
