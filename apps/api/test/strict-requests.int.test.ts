import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { createOpenApiDocument } from '../src/openapi/document.ts';
import { type Answer, startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { send } from './raw-http.ts';
import { countMessages } from './support.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  await api.command('create-contact', { name: 'José', phoneNumber: '+1 555 0100' });
  await api.command('send-message', { contactId: 1, content: 'hello' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

interface Refusal {
  detail: string;
  errors: { path: string; message: string }[];
}

/** The errors of a 400, by path. */
function errorsOf({ status, body }: Answer<Refusal>): Record<string, string> {
  expect(status).toBe(400);
  return Object.fromEntries(body.errors.map(({ path, message }) => [path, message]));
}

const meant = (name: string) => `is not known; did you mean ${name}?`;

test.each([
  ['/api/conversations?search=x', { search: meant('searchValue') }],
  ['/api/conversations?direction=inbound', { direction: 'is not known' }],
  ['/api/messages?contactid=1', { contactid: 'is not known; did you mean contactId?' }],
  ['/api/contacts?pageSize[]=5&pagesize=5', { 'pageSize[]': meant('pageSize'), pagesize: meant('pageSize') }],
  ['/api/contacts?external_id=x', { external_id: 'is not known; did you mean externalId?' }],
  ['/api/contacts/1?page=1', { page: 'is not known' }],
  ['/api/contacts/1/messages?arround=1', { arround: meant('around') }],
  [
    '/api/contacts/1/messages?constructor=1&__proto__=1',
    { constructor: 'is not known', ['__proto__']: 'is not known' },
  ],
  ['/api/contacts?cursor=', { cursor: expect.stringMatching('not a cursor') }],
])('%s is refused, with the name that was meant', async (path, errors) => {
  expect(errorsOf(await api.get(path))).toEqual(Object.fromEntries(Object.entries(errors)));
  expect((await fetch(api.url + path, { method: 'HEAD' })).status).toBe(400);
});

test.each(['page=1&page=1', 'pageSize=5&pageSize=6', 'searchValue=a&searchValue=a', 'page=1&p%61ge=2'])(
  'a parameter that is given twice is refused: %s',
  async (query) => {
    const [name = ''] = query.split('=');
    expect(errorsOf(await api.get(`/api/conversations?${query}`))).toEqual({ [name]: 'must be given once' });
  },
);

test.each([
  ['send-message', { contactId: 1, content: 'x', creatdAt: '2019-05-05T00:00:00Z' }, { creatdAt: meant('createdAt') }],
  ['receive-message', { contactId: 1, content: 'x', direction: 'inbound' }, { direction: 'is not known' }],
  [
    'create-contact',
    { name: 'x', phoneNumber: '1', externalid: 'x' },
    { externalid: 'is not known; did you mean externalId?' },
  ],
  ['update-contact', { contactId: 1, name: 'x', phone: '1' }, { phone: meant('phoneNumber') }],
  ['delete-message', { messageId: 1, id: 1 }, { id: 'is not known' }],
  ['delete-contact', { contactId: 1, contactid: 1 }, { contactid: meant('contactId') }],
])('%s %j is refused, with the name that was meant', async (name, body, errors) => {
  expect(errorsOf(await api.command(name, body))).toEqual(errors);
});

test.each(['send-message', 'create-contact', 'update-contact', 'delete-message', 'delete-contact', 'import-messages'])(
  '%s takes no parameters',
  async (name) => {
    const type = name === 'import-messages' ? 'application/x-ndjson' : 'application/json';
    const answer = await api.command<Refusal>(`${name}?contactId=1`, '{}', { 'content-type': type });
    expect(errorsOf(answer)).toMatchObject({ contactId: 'is not known' });
  },
);

test('the detail of a refusal names the field before what is wrong with it', async () => {
  const body = { contactId: 1, content: 'x', created_at: '2019-05-05T00:00:00Z' };
  const answer = await api.command<Refusal>('send-message', body);
  expect(answer.body.detail).toBe('created_at: is not known; did you mean createdAt?');
});

test('a line with an unknown field, or a field twice, is rejected', async () => {
  const lines = [
    '{"contactId":1,"content":"old","created_at":"2019-05-05T00:00:00Z"}',
    '{"contactId":1,"content":"one","content":"two"}',
  ];
  const answer = await importText(lines.join('\n'));
  expect(answer.body).toEqual({
    imported: 0,
    duplicates: 0,
    rejected: 2,
    errors: [
      { line: 1, message: 'created_at: is not known; did you mean createdAt?' },
      { line: 2, message: 'The line has a field twice.' },
    ],
  });
});

test('names that are long or many make no long answer', async () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`${'k'.repeat(300)}${i}`, i]));
  const answer = await api.command<Refusal>('send-message', { contactId: 1, content: 'x', ...many });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body).length).toBeLessThan(100_000);
});

test('the description says that no other fields are taken', () => {
  const { schemas } = createOpenApiDocument().components;
  for (const name of [
    'SendMessage',
    'CreateContact',
    'UpdateContact',
    'DeleteMessage',
    'DeleteContact',
    'ImportedMessage',
  ]) {
    expect([name, schemas?.[name]]).toEqual([name, expect.objectContaining({ additionalProperties: false })]);
  }
});

test.each(['?searchValue=Jos%E9', '?searchValue=%ED%A0%80', '?searchValue=x&%FF=1', '?x=%C3'])(
  'a query string that is not UTF-8 is refused: %s',
  async (query) => {
    expect(errorsOf(await api.get(`/api/conversations${query}`))).toEqual({ '': expect.stringContaining('UTF-8') });
  },
);

test('so is a path, wherever it leads', async () => {
  for (const path of ['/api/contacts/%E9', '/api/%E9', '/%E9', '/docs/%E9', '/admin/queues/%E9']) {
    expect([path, (await api.get(path)).status]).toEqual([path, 400]);
  }
});

test('bytes that are not encoded are refused, and percent signs that encode nothing stay', async () => {
  const find = async (bytes: string) => {
    const head = `GET /api/conversations?searchValue=${bytes} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
    return await send(api.url, head);
  };
  expect(await find('Jos%C3%A9')).toMatchObject({ status: 200, body: { pagination: { total: 1 } } });
  expect(await find('José')).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  await api.command('send-message', { contactId: 1, content: '100% %x' });
  expect(await find('100%+%x')).toMatchObject({ status: 200, body: { pagination: { total: 1 } } });
});

const sendWith = (contentType: string, body: string | Buffer = '{"contactId":1,"content":"x"}') =>
  fetch(`${api.url}/api/commands/send-message`, { method: 'POST', headers: { 'content-type': contentType }, body });

test.each(['', ';', '; charset=utf8', '; charset=UTF8', ';charset="utf-8"', '; charset=Utf-8; a=b'])(
  'UTF-8 is UTF-8 however it is spelled: application/json%s',
  async (parameters) => {
    expect((await sendWith(`application/json${parameters}`)).status).toBe(201);
    expect((await sendWith(`application/json${parameters}`, '\ufeff{"contactId":1,"content":"x"}')).status).toBe(201);
    const line = '{"contactId":1,"content":"é"}';
    const imported = await importText(line, `application/x-ndjson${parameters}`);
    expect(imported).toMatchObject({ status: 200, body: { imported: 1, rejected: 0 } });
  },
);

test.each([
  'application/json; charset=utf-16le',
  'application/json; charset=latin1',
  'text/plain',
  'application/jsonx',
])('another charset or type is 415: %s', async (type) => {
  expect((await sendWith(type)).status).toBe(415);
  const line = Buffer.from('{"contactId":1,"content":"é"}\n', 'utf16le');
  const before = await countMessages(database);
  expect((await importText(line.toString('latin1'), type.replace('/json', '/x-ndjson'))).status).toBe(415);
  expect(await countMessages(database)).toBe(before);
});

const importText = (text: string, type = 'application/x-ndjson') =>
  api.command<unknown>('import-messages', text, { 'content-type': type });

test.each(['content-type: application/json\r\n', 'content-type: application/json\r\ncontent-length: 0\r\n', ''])(
  'a command without a body is 400 (%j)',
  async (headers) => {
    const request = `POST /api/commands/send-message HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`;
    expect(await send(api.url, request)).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', errors: [{ path: '', message: 'the body is missing: send a JSON object' }] },
    });
  },
);

test.each(['content-type: application/x-ndjson\r\n', 'content-length: 0\r\n', ''])(
  'an import without a body imports nothing (%j)',
  async (headers) => {
    const request = `POST /api/commands/import-messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`;
    expect(await send(api.url, request)).toMatchObject({
      status: 200,
      body: { imported: 0, duplicates: 0, rejected: 0, errors: [] },
    });
  },
);
