import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connectRaw, parseAnswer, untilClosed } from './raw-http.ts';
import { countMessages } from './support.ts';

const MEMORY_BYTES = 2_000_000;
const LARGE = JSON.stringify({ contactId: 1, content: 'x'.repeat(1_000_000) });
const CONTACT = { name: 'Ada', phoneNumber: '+1 555 0100' };

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, { bodyMemoryBytes: MEMORY_BYTES });
  await api.command('create-contact', CONTACT);
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

const HEAD =
  'POST /api/commands/send-message HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n';

/** A body that stops before its last byte. */
async function beginLarge(): Promise<Socket> {
  const socket = await connectRaw(api.url);
  socket.write(`${HEAD}content-length: ${LARGE.length}\r\n\r\n${LARGE.slice(0, -1)}`);
  return socket;
}

async function heldBytes(): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  return Number(/^messaging_request_body_bytes (\d+)$/m.exec(text)?.[1]);
}

const untilHeld = (bytes: number) => eventually(async () => expect(await heldBytes()).toBe(bytes));

test.each([
  ['create-contact', { ...CONTACT, name: 'x'.repeat(70_000) }],
  ['update-contact', { contactId: 1, name: 'x'.repeat(70_000) }],
  ['delete-message', { messageId: 'x'.repeat(70_000) }],
  ['delete-contact', { contactId: 'x'.repeat(70_000) }],
])('%s refuses with 413 a body that is larger than it needs', async (name, body) => {
  expect(await api.command(name, body)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
});

test('the largest content is stored, however JSON writes it, where nothing else is held', async () => {
  const escaped = `{"contactId":1,"content":"${'\\u0041'.repeat(1_048_576)}"}`; // more than the whole memory
  expect((await api.command('send-message', escaped)).status).toBe(201);
  await untilHeld(0);
});

test('while the memory is full large bodies are refused with 503, and small ones are not', async () => {
  const under = await beginLarge();
  await untilHeld(LARGE.length);
  const answers = await Promise.all(Array.from({ length: 20 }, () => api.command('send-message', LARGE)));
  for (const { status, headers, body } of answers) {
    expect([status, headers.get('retry-after'), body]).toEqual([
      503,
      '1',
      expect.objectContaining({ code: 'unavailable' }),
    ]);
  }
  expect((await api.command('create-contact', CONTACT)).status).toBe(201);
  const answered = untilClosed(under);
  under.write('}');
  expect(parseAnswer(await answered).status).toBe(201);
  await untilHeld(0);
  expect((await api.command('send-message', LARGE)).status).toBe(201);
});

test('a body without a length counts as the largest until it is read, then as what it is', async () => {
  const socket = await connectRaw(api.url);
  const body = '{"contactId":1,"content":"chunked"}';
  socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
  await eventually(async () => expect(await heldBytes()).toBeGreaterThan(6_000_000));
  const answered = untilClosed(socket);
  socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
  expect(parseAnswer(await answered).status).toBe(201);
  await untilHeld(0);
});

test('a client that leaves gives back what its body held', async () => {
  const socket = await beginLarge();
  await untilHeld(LARGE.length);
  socket.destroy();
  await once(socket, 'close');
  await untilHeld(0);
});

test('imports that would hold more than their share store what they have', async () => {
  const line = `${JSON.stringify({ contactId: 1, content: 'x'.repeat(1_000) })}\n`;
  const head = HEAD.replace('send-message', 'import-messages').replace('application/json', 'application/x-ndjson');
  const uploads = await Promise.all([1, 2].map(() => connectRaw(api.url)));
  const before = await countMessages(database);
  for (const socket of uploads) socket.write(`${head}content-length: ${line.length * 900}\r\n\r\n${line.repeat(899)}`);
  await eventually(async () => expect(await countMessages(database)).toBeGreaterThan(before)); // of no full batch
  expect(await heldBytes()).toBeLessThanOrEqual(MEMORY_BYTES / 2);
  const answered = uploads.map(untilClosed);
  for (const socket of uploads) socket.write(line);
  for (const text of await Promise.all(answered)) {
    expect(parseAnswer(text)).toMatchObject({ status: 200, body: { imported: 900 } });
  }
  await untilHeld(0);
});
