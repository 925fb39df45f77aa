import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { contactAnswer, conversationsPage, sendMessageAnswer } from '@messaging/shared';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  await api.command('create-contact', { name: 'Ada', phoneNumber: '+1 555 0100' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test('creates a contact and keeps it as sent', async () => {
  const { status, body } = await api.command('create-contact', { name: ' Ünïcödé ', phoneNumber: '(555) 010-1234' });
  expect(status).toBe(201);
  expect(contactAnswer.parse(body).contact).toMatchObject({ name: ' Ünïcödé ', phoneNumber: '(555) 010-1234' });
});

test.each(['x', '  spaces kept \n', '%_\\', '👍🏽', 'x'.repeat(1_048_576), 'é'.repeat(524_288)])(
  'stores a content as it was sent',
  async (content) => {
    const { status, body } = await api.command('send-message', { contactId: 1, content });
    expect(status).toBe(201);
    const { message } = sendMessageAnswer.parse(body);
    const thread = await api.get<{ messages: { id: number; content: string }[] }>(
      '/api/contacts/1/messages?pageSize=1',
    );
    expect(thread.body.messages).toEqual([message]);
    expect(message.content === content).toBe(true);
  },
);

test('keeps the time that was sent, in UTC with microseconds', async () => {
  const { body } = await api.command('send-message', {
    contactId: 1,
    content: 'x',
    createdAt: '2020-05-05T01:00:00.5+03:00',
  });
  expect(sendMessageAnswer.parse(body).message.createdAt).toBe('2020-05-04T22:00:00.500000Z');
});

test.each(['2026-01-31T09:30Z', '2026-01-31t10:30:00+01', '2026-01-31T09:29:60Z'])(
  'understands a time in any form that ISO 8601 has for an instant: %s',
  async (createdAt) => {
    const sent = await api.command('send-message', { contactId: 1, content: 'x', createdAt });
    expect(sendMessageAnswer.parse(sent.body).message.createdAt).toBe('2026-01-31T09:30:00.000000Z');
    const line = JSON.stringify({ contactId: 1, content: `imported ${createdAt}`, createdAt });
    const imported = await api.command('import-messages', line, { 'content-type': 'application/x-ndjson' });
    expect(imported.body).toMatchObject({ imported: 1 });
  },
);

test('keeps a phone number as it is written, and finds it as it is copied', async () => {
  const phoneNumber = '(+44) 20 7946 0958';
  const created = await api.command('create-contact', { name: 'London', phoneNumber: `\u202d${phoneNumber}\u202c` });
  const { contact } = contactAnswer.parse(created.body);
  expect(contact.phoneNumber).toBe(phoneNumber);
  await api.command('send-message', { contactId: contact.id, content: 'x' });
  for (const term of [phoneNumber, '\u202d+44 20 7946 0958\u202c', '20\u00a07946\u20110958', '\u200e٧٩٤٦']) {
    const found = await api.get(`/api/conversations?searchValue=${encodeURIComponent(term)}`);
    expect(conversationsPage.parse(found.body).conversations).toMatchObject([
      { contactId: contact.id, match: { field: 'phoneNumber', ranges: [[expect.any(Number), expect.any(Number)]] } },
    ]);
  }
});

test('keeps six digits of a second and rounds nothing, not even out of the last year', async () => {
  const createdAt = '9999-12-31T23:59:59.9999999Z';
  const { body } = await api.command('send-message', { contactId: 1, content: 'x', createdAt });
  const { message } = sendMessageAnswer.parse(body);
  expect(message.createdAt).toBe('9999-12-31T23:59:59.999999Z');
  expect((await api.command('delete-message', { messageId: message.id })).status).toBe(204);
});

test('shows a sent message and a new name in the next read of the list', async () => {
  const sent = await api.command('send-message', { contactId: 1, content: 'newest' });
  const renamed = await api.command('update-contact', { contactId: 1, name: 'Ada L.' });
  expect(renamed.status).toBe(200);
  expect(contactAnswer.parse(renamed.body).contact).toMatchObject({ name: 'Ada L.', phoneNumber: '+1 555 0100' });
  const { conversations } = conversationsPage.parse((await api.get('/api/conversations')).body);
  const { message } = sendMessageAnswer.parse(sent.body);
  expect(conversations[0]).toMatchObject({ name: 'Ada L.', lastMessage: { id: message.id, preview: 'newest' } });
});

test('cuts the preview after 280 characters, not in the middle of one', async () => {
  await api.command('send-message', { contactId: 1, content: '👍'.repeat(300) });
  const { conversations } = conversationsPage.parse((await api.get('/api/conversations')).body);
  expect(conversations[0]?.lastMessage.preview).toBe('👍'.repeat(280));
});

test.each([
  ['send-message', { contactId: 999, content: 'x' }],
  ['update-contact', { contactId: 999, name: 'x' }],
])('answers 404 for %s to an unknown contact', async (name, body) => {
  expect(await api.command(name, body)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test.each([
  ['send-message', {}, ['contactId', 'content']],
  ['send-message', { contactId: '1', content: 5 }, ['contactId', 'content']],
  ['send-message', { contactId: 1, content: '' }, ['content']],
  ['send-message', { contactId: 1, content: 'a\0b' }, ['content']],
  ['send-message', { contactId: 1, content: 'x', createdAt: '2026-01-01' }, ['createdAt']],
  ['send-message', { contactId: 1, content: 'x', createdAt: '2026-01-01T00:00:00' }, ['createdAt']],
  ['send-message', { contactId: 1, content: 'x', createdAt: '2026-02-30T00:00:00Z' }, ['createdAt']],
  ['send-message', { contactId: 1, content: 'x', createdAt: '1869-01-01T00:00:00Z' }, ['createdAt']],
  ['send-message', { contactId: 1, content: 'x', createdAt: '2026-01-01T00:00:00+16:00' }, ['createdAt']],
  ['create-contact', {}, ['name', 'phoneNumber']],
  ['create-contact', { name: ' ', phoneNumber: 'none' }, ['name', 'phoneNumber']],
  ['create-contact', { name: 'x'.repeat(201), phoneNumber: '1'.repeat(51) }, ['name', 'phoneNumber']],
  ['update-contact', { contactId: 1 }, ['']],
  ['update-contact', { contactId: 0, name: '' }, ['contactId', 'name']],
])('refuses %s %j', async (name, body, paths) => {
  const answer = await api.command<{ errors: { path: string }[] }>(name, body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors.map(({ path }) => path)).toEqual(paths);
});

test('refuses a lone surrogate, which could not be stored as it was sent', async () => {
  const answer = await api.command('send-message', '{"contactId":1,"content":"\\ud800"}');
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'content' }] } });
});

test.each(['', '{', '[]', 'null', '"text"', '12'])('refuses the body %p', async (body) => {
  expect(await api.command('send-message', body)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
});

test('answers 413 for a content above 1 MiB, and for a body that is larger still', async () => {
  const tooLong = await api.command('send-message', { contactId: 1, content: 'x'.repeat(1_048_577) });
  expect(tooLong).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  const tooLarge = await api.command('send-message', { contactId: 1, content: 'x'.repeat(8_000_000) });
  expect(tooLarge).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
});

test('answers 415 for another media type', async () => {
  const answer = await api.command('send-message', 'x', { 'content-type': 'text/plain' });
  expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
});

test('answers 404 for an unknown command and 405 with Allow for a read of one', async () => {
  expect((await api.command('drop-table', {})).status).toBe(404);
  const answer = await api.get('/api/commands/send-message');
  expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
  expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
});

test('logs neither message texts nor phone numbers nor search terms', async () => {
  await api.command('send-message', { contactId: 1, content: 'secret-content' });
  await api.command('create-contact', { name: 'secret-name', phoneNumber: '+1 555 8675309' });
  await api.get('/api/conversations?searchValue=secret-term');
  const log = api.logLines.join('');
  expect(log).toContain('/api/commands/send-message');
  expect(log).not.toMatch(/secret|8675309/);
});
