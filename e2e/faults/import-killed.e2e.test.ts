import { expect, test } from '@jest/globals';
import { importAnswer } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { type ChildProcess, createFaultDatabase, startApi } from './harness/index.ts';

const LINES = 12_000;
/** Two batches. */
const STORED_BEFORE = 10_000;
const BAD_LINES = [7, 11_003];

/** No line has a clientMessageId: only the key can tell what is stored. */
const lines = Array.from({ length: LINES }, (_, i) =>
  BAD_LINES.includes(i + 1)
    ? 'not JSON'
    : JSON.stringify({ contactId: i < STORED_BEFORE ? 1 + (i % 49) : 50, content: `message ${i}` }),
);
const BODY = `${lines.join('\n')}\n`;

async function sendImport(api: ChildProcess, body: string) {
  const response = await fetch(`${api.url}/api/commands/import-messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'history' },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('an import whose process is killed and that is sent again with its key is stored exactly once', async () => {
  const { connectionString, db, connect } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString });
  const next = await startApi({ DATABASE_URL: connectionString });
  const holder = await connect();
  await holder.query('begin; select from contacts where id = 50 for update'); // the third batch waits for it
  const countStored = async () => (await db.query('select count(*)::int as stored from messages')).rows[0].stored;

  const broken = sendImport(api, BODY).catch((error: Error) => error);
  await eventually(async () => {
    expect(await countStored()).toBe(STORED_BEFORE - 1);
    const { rowCount } = await db.query(
      "select from pg_stat_activity where application_name = 'messaging-import' and wait_event_type = 'Lock' and datname = current_database()",
    );
    expect(rowCount).toBe(1);
  });
  const early = await sendImport(next, BODY);
  expect([early.status, early.headers.get('retry-after')]).toEqual([409, '15']);
  await api.kill();
  expect(await broken).toHaveProperty('message'); // no answer
  expect((await sendImport(next, BODY)).status).toBe(409); // the dead process's transaction lives on
  await holder.query('rollback');

  const answer = await eventually(
    async () => {
      const repeat = await sendImport(next, BODY);
      expect(repeat.status).toBe(200);
      return repeat;
    },
    { intervalMs: 500 },
  );
  expect(answer.headers.get('idempotency-replayed')).toBeNull();
  expect(importAnswer.parse(JSON.parse(answer.text))).toMatchObject({
    imported: LINES - BAD_LINES.length,
    duplicates: 0,
    rejected: BAD_LINES.length,
    errors: BAD_LINES.map((line) => ({ line })),
  });
  const { rows } = await db.query(
    'select count(*)::int as stored, count(distinct content)::int as texts from messages',
  );
  expect(rows).toEqual([{ stored: LINES - 2, texts: LINES - 2 }]);

  const replay = await sendImport(next, BODY);
  expect([replay.status, replay.headers.get('idempotency-replayed'), replay.text]).toEqual([200, 'true', answer.text]);
  expect((await sendImport(next, BODY.replace('message 3', 'message x'))).status).toBe(422);
  expect(await countStored()).toBe(LINES - 2);
}, 120_000);
