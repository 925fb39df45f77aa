import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import {
  type Acknowledged,
  type Answer,
  createFaultDatabase,
  sendUntilStored,
  startApi,
  startOwnPostgres,
  startWorker,
} from './harness/index.ts';

const WRITERS = 8;
const READERS = 4;
const RECOVERY_MS = 5_000;

test.each(['fast', 'immediate'] as const)(
  'PostgreSQL restarted (%s) under load: no acknowledged write is lost, 503 meanwhile, and it goes on within 5 s',
  async (how) => {
    const postgres = await startOwnPostgres();
    await createFaultDatabase(postgres.connectionString);
    const env = { DATABASE_URL: postgres.connectionString };
    const api = await startApi(env);
    await startWorker(env);
    const load = startLoad(api);

    await eventually(() => expect(load.stored.length).toBeGreaterThan(200));
    await postgres.stop(how);
    await eventually(() => expect(load.refusals.length).toBeGreaterThan(WRITERS + READERS));
    const storedBefore = load.stored.length;
    await postgres.start();
    const backMs = performance.now();
    await eventually(() => expect(load.stored.length).toBeGreaterThan(storedBefore));
    await eventually(async () => expect((await api.get('/api/conversations')).status).toBe(200));
    expect(performance.now() - backMs).toBeLessThan(RECOVERY_MS);
    await eventually(() => expect(load.stored.length).toBeGreaterThan(storedBefore + 200));
    await load.stop();

    for (const { status, headers } of load.refusals) {
      expect([status, headers.get('content-type')]).toEqual([503, 'application/problem+json; charset=utf-8']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const { db } = await createFaultDatabase(postgres.connectionString);
    const { rows } = await db.query('select id::int, content as key from messages order by id');
    const acknowledged = load.stored.map(({ id, key }) => ({ id, key })).sort((a, b) => a.id - b.id);
    expect(rows).toEqual(acknowledged); // each of them, and each once
  },
  120_000,
);

/** Writers and readers that go on until they are stopped. */
function startLoad(api: Awaited<ReturnType<typeof startApi>>) {
  const stored: Acknowledged[] = [];
  const refusals: Answer<unknown>[] = [];
  let stopped = false;
  let sent = 0;
  const onRefused = (answer: Answer<unknown> | undefined) => void (answer && refusals.push(answer));
  const write = async () => {
    while (!stopped) {
      sent += 1;
      stored.push(
        await sendUntilStored(() => api.url, { key: `message-${sent}`, contactId: 1 + (sent % 50) }, onRefused),
      );
    }
  };
  const read = async (path: string) => {
    while (!stopped) {
      const answer = await api.get(path);
      if (answer.status !== 200) onRefused(answer);
    }
  };
  const paths = [
    '/api/conversations',
    '/api/conversations?searchValue=message',
    '/api/contacts',
    '/api/contacts/1/messages',
  ];
  const running = [
    ...Array.from({ length: WRITERS }, write),
    ...Array.from({ length: READERS }, (_, i) => read(paths[i % paths.length] ?? '')),
  ];
  return {
    stored,
    refusals,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
