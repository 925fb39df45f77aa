import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { importAnswer } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect, countMessages } from './support.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  for (const name of ['Ada', 'Bo']) await api.command('create-contact', { name, phoneNumber: '+1 555 0100' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

const HEADERS = { 'content-type': 'application/x-ndjson' };

const importText = async (text: string) => {
  const { status, body } = await api.command('import-messages', text, HEADERS);
  expect(status).toBe(200);
  return importAnswer.parse(body);
};

const importRows = (rows: unknown[]) => importText(rows.map((row) => JSON.stringify(row)).join('\n'));

const thread = async (contactId: number) =>
  (await api.get<{ messages: { content: string; createdAt: string }[] }>(`/api/contacts/${contactId}/messages`)).body
    .messages;

test('stores the lines in their order, as they were sent, and every read sees them', async () => {
  const contents = ['first', 'tab\t and \\ and "quotes"', 'line\nbreak\r\n', '👩‍💻 é', '\\N', '\\.'];
  const answer = await importRows([
    { contactId: 1, content: 'long ago', createdAt: '2020-05-05T01:00:00.123456+03:00' },
    ...contents.map((content) => ({ contactId: 1, content })),
  ]);
  expect(answer).toEqual({ imported: 7, duplicates: 0, rejected: 0, errors: [] });
  const messages = await thread(1);
  expect(messages.map(({ content }) => content)).toEqual([...contents.toReversed(), 'long ago']);
  expect(messages.at(-1)?.createdAt).toBe('2020-05-04T22:00:00.123456Z');
  const found = await api.get<{ conversations: unknown[] }>('/api/conversations?searchValue=QUOTES');
  expect(found.body.conversations).toHaveLength(1);
});

test('refuses bad lines with their numbers, and keeps the others', async () => {
  const lines = [
    '{"contactId":1,"content":"good"}',
    '',
    '{"contactId":1,"content":"cut',
    '[1]',
    'null',
    '{"contactId":999,"content":"x"}',
    '{"contactId":1,"content":"nul \\u0000"}',
    '{"contactId":1,"content":"half \\ud800"}',
    '{"contactId":1,"content":"x","createdAt":"2020-01-01T00:00:00"}',
    '{"contactId":1,"content":"x","createdAt":"1969-12-31T23:59:59Z"}',
    '{"contactId":0,"content":""}',
    '{"contactId":1,"content":"x","clientMessageId":""}',
    '   ',
    '{"contactId":1,"content":"also good"}',
  ];
  const answer = await importText(`${lines.join('\n')}\n`);
  expect(answer).toMatchObject({ imported: 2, duplicates: 0, rejected: 10 });
  expect(answer.errors.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const messageOf = (line: number) => answer.errors.find((error) => error.line === line)?.message;
  expect(messageOf(3)).toMatch(/not JSON/);
  expect(messageOf(4)).toMatch(/not a JSON object/);
  expect(messageOf(6)).toMatch(/no contact 999/);
  expect(messageOf(9)).toMatch(/createdAt: .*zone/);
  expect(messageOf(11)).toMatch(/contactId: .*content: /);
});

test('refuses bytes that are not UTF-8, a content that is too long, and a line that is too long', async () => {
  const body = Buffer.concat([
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from(`{"contactId":1,"content":"${'x'.repeat(1_048_577)}"}\n`),
    Buffer.alloc(8 * 1_048_576, 'y'),
    Buffer.from(`\n{"contactId":1,"content":"${'é'.repeat(524_288)}"}`),
  ]);
  const response = await fetch(`${api.url}/api/commands/import-messages`, { method: 'POST', headers: HEADERS, body });
  const answer = importAnswer.parse(await response.json());
  expect(answer).toMatchObject({ imported: 1, rejected: 3 });
  expect(answer.errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/not UTF-8/),
    expect.stringMatching(/at most 1048576 bytes/),
    expect.stringMatching(/longer than/),
  ]);
});

test('tells the first 100 errors of more, in order across batches', async () => {
  const lines = Array.from({ length: 12_000 }, (_, i) =>
    i % 100 === 7 ? 'bad' : JSON.stringify({ contactId: i % 100 === 8 ? 999 : 1, content: `m${i}` }),
  );
  const answer = await importText(lines.join('\n'));
  expect(answer).toMatchObject({ imported: 12_000 - 240, rejected: 240 });
  const expected = Array.from({ length: 100 }, (_, i) => Math.floor(i / 2) * 100 + 8 + (i % 2));
  expect(answer.errors.map(({ line }) => line)).toEqual(expected);
});

test('stores each clientMessageId of a contact once, in one import and in the next', async () => {
  const row = (contactId: number, clientMessageId: string, content = 'x') => ({ contactId, content, clientMessageId });
  const rows = [row(2, 'a', 'first'), row(2, 'b'), row(2, 'a', 'second'), row(1, 'a')];
  expect(await importRows(rows)).toEqual({ imported: 3, duplicates: 1, rejected: 0, errors: [] });
  expect(await importRows([...rows, row(2, 'c')])).toMatchObject({ imported: 1, duplicates: 4 });
  expect((await thread(2)).map(({ content }) => content)).toEqual(['x', 'x', 'first']);
});

test('two imports of the same messages at once store each of them once', async () => {
  const before = await countMessages(database);
  const rows = Array.from({ length: 3_000 }, (_, i) => ({
    contactId: 2,
    content: `m${i}`,
    clientMessageId: `both${i}`,
  }));
  const answers = await Promise.all([importRows(rows), importRows(rows.toReversed())]);
  expect(answers.reduce((sum, { imported }) => sum + imported, 0)).toBe(3_000);
  expect(answers.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(3_000);
  expect(await countMessages(database)).toBe(before + 3_000);
});

test('a connection that breaks keeps whole batches, and a repeat loads the rest once', async () => {
  const before = await countMessages(database);
  const line = (i: number) => `${JSON.stringify({ contactId: 1, content: `m${i}`, clientMessageId: `broken${i}` })}\n`;
  const lines = Array.from({ length: 11_000 }, (_, i) => line(i)).join('');
  const upload = request(`${api.url}/api/commands/import-messages`, { method: 'POST', headers: HEADERS });
  upload.on('error', () => {}); // we break it ourselves
  upload.write(lines);
  await eventually(async () => expect(await countMessages(database)).toBe(before + 10_000));
  upload.destroy();
  await eventually(() => expect(api.logLines.some((text) => text.includes('import broken off'))).toBe(true));
  expect(await countMessages(database)).toBe(before + 10_000);
  expect(await importText(lines)).toMatchObject({ imported: 1_000, duplicates: 10_000 });
});

test('a database that goes away in the middle is a 503 that says what was stored', async () => {
  const upload = request(`${api.url}/api/commands/import-messages`, { method: 'POST', headers: HEADERS });
  const answered = once(upload, 'response');
  const before = await countMessages(database);
  const line = (contactId: number) => `${JSON.stringify({ contactId, content: 'x' })}\n`;
  upload.write(line(1).repeat(5_000));
  await eventually(async () => expect(await countMessages(database)).toBe(before + 5_000));
  const client = await connect(database);
  await client.query('begin; select from contacts where id = 2 for update'); // the next batch waits for it
  upload.end(line(2).repeat(10));
  await client.untilSomeoneWaits();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'messaging-import' and datname = current_database()",
  );
  await client.query('rollback');
  await client.end();
  const [response] = await answered;
  const problem = JSON.parse((await response.toArray()).join(''));
  expect(response.statusCode).toBe(503);
  expect(problem.detail).toMatch(/after line 5000: 5000 imported.*from 5001 on/);
});

test.each([
  [{ 'content-type': 'application/json' }],
  [{ 'content-type': 'text/plain' }],
  [{ ...HEADERS, 'content-encoding': 'gzip' }],
])('refuses %j with 415', async (headers) => {
  expect((await api.command('import-messages', '{}', headers)).status).toBe(415);
});

test('an empty body imports nothing', async () => {
  expect(await importText('')).toEqual({ imported: 0, duplicates: 0, rejected: 0, errors: [] });
});
