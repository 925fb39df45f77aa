import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

const LINE = `${JSON.stringify({ contactId: 1, content: 'x' })}\n`;
const HEADERS = { 'content-type': 'application/x-ndjson' };

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  await api.command('create-contact', { name: 'Ada', phoneNumber: '+1 555 1' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

const importWith = async (key: string, body = LINE): Promise<number> =>
  (await api.command('import-messages', body, { ...HEADERS, 'idempotency-key': key })).status;
const brokenOff = () => api.logLines.filter((line) => line.includes('import broken off'));

async function untilClaimed(): Promise<void> {
  const client = await connect(database);
  await eventually(async () => {
    const { rowCount } = await client.query('select from idempotency_keys where leased_until is not null');
    expect(rowCount).toBe(1);
  });
  await client.end();
}

test('an import that is refused is not logged as one that broke off', async () => {
  expect(await importWith('has space')).toBe(400);
  expect([await importWith('used'), await importWith('used', LINE + LINE)]).toEqual([200, 422]);

  const upload = request(`${api.url}/api/commands/import-messages`, {
    method: 'POST',
    headers: { ...HEADERS, 'idempotency-key': 'in-progress' },
  });
  const answered = once(upload, 'response');
  upload.write(LINE);
  await untilClaimed();
  expect(await importWith('in-progress')).toBe(409);
  upload.end();
  const [response] = await answered;
  expect(response.statusCode).toBe(200);
  response.resume();
  expect(brokenOff()).toEqual([]);
});

test('one whose body breaks off before a whole line is', async () => {
  const upload = request(`${api.url}/api/commands/import-messages`, { method: 'POST', headers: HEADERS });
  upload.on('error', () => {}); // we break it ourselves
  upload.write('{"contactId":');
  await eventually(async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toContain('messaging_http_requests_in_flight 2'); // it, and the scrape
  });
  upload.destroy();
  await eventually(() => expect(brokenOff()).toHaveLength(1));
});
