import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { type Contact, contactsPage, importContactsAnswer, upsertContactAnswer } from '@messaging/shared';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

const phoneNumber = '+1 555 0100';

const create = async (externalId: string | undefined, name = 'Ada') =>
  (await api.command<{ contact: Contact }>('create-contact', { name, phoneNumber, externalId })).body.contact;

const named = async (externalId: string) =>
  contactsPage.parse((await api.get(`/api/contacts?externalId=${encodeURIComponent(externalId)}`)).body);

const upsert = async (externalId: string, name: string) => {
  const { status, body } = await api.command('upsert-contact', { externalId, name, phoneNumber });
  return { status, ...upsertContactAnswer.parse(body) };
};

test('a contact has the external id it was created with, and is found by it alone', async () => {
  const { id } = await create('crm 1/ä');
  expect(await create(undefined)).toMatchObject({ externalId: null });
  expect((await api.get(`/api/contacts/${id}`)).body).toMatchObject({ id, externalId: 'crm 1/ä' });
  expect(await named('crm 1/ä')).toMatchObject({
    contacts: [{ id, externalId: 'crm 1/ä' }],
    pagination: { total: 1, totalPages: 1, hasMore: false, nextCursor: null },
  });
  expect((await named('CRM 1/Ä')).contacts).toEqual([]);
  expect(contactsPage.parse((await api.get('/api/contacts?externalId=crm%201%2F%C3%A4&page=2')).body)).toMatchObject({
    contacts: [],
    pagination: { total: 1 },
  });
});

test('a taken external id is a conflict, and one of another case is another', async () => {
  const { id } = await create('taken');
  const other = await create('TAKEN');
  expect(other.id).not.toBe(id);
  for (const [command, body] of [
    ['create-contact', { name: 'Bo', phoneNumber, externalId: 'taken' }],
    ['update-contact', { contactId: other.id, externalId: 'taken' }],
  ] as const) {
    expect(await api.command(command, body)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  }
  expect((await named('TAKEN')).contacts).toMatchObject([{ id: other.id }]);
});

test('an external id can be changed and taken away, and is left alone otherwise', async () => {
  const { id } = await create('first');
  const update = async (fields: object) =>
    (await api.command<{ contact: Contact }>('update-contact', { contactId: id, ...fields })).body.contact.externalId;
  expect(await update({ name: 'Eve' })).toBe('first');
  expect(await update({ externalId: 'second' })).toBe('second');
  expect(await update({ externalId: null })).toBeNull();
  expect((await named('second')).contacts).toEqual([]);
});

test('upsert creates, changes, and leaves as it is', async () => {
  const created = await upsert('up', 'Ada');
  expect(created).toMatchObject({ status: 201, outcome: 'created', contact: { externalId: 'up', name: 'Ada' } });
  const unchanged = await upsert('up', 'Ada');
  expect(unchanged).toEqual({ ...created, status: 200, outcome: 'unchanged' });
  const updated = await upsert('up', 'Eve');
  expect(updated).toMatchObject({ status: 200, outcome: 'updated', contact: { id: created.contact.id, name: 'Eve' } });
});

test('many upserts of one contact at once create it once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => upsert('at once', 'Ada')));
  expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['created', ...Array(7).fill('unchanged')]);
  expect(new Set(answers.map(({ contact }) => contact.id)).size).toBe(1);
});

test.each(['', 'x'.repeat(201), 'nul\0', '\ud800'])('the external id %j is refused', async (externalId) => {
  for (const command of ['create-contact', 'upsert-contact']) {
    expect(await api.command(command, { name: 'Ada', phoneNumber, externalId })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'externalId' }] },
    });
  }
});

test('an external id may have 200 characters of any kind', async () => {
  const externalId = '👩'.repeat(200);
  const { id } = await create(externalId);
  expect((await named(externalId)).contacts).toMatchObject([{ id }]);
});

const importContacts = async (rows: unknown[], headers = {}) => {
  const text = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
  const { status, body } = await api.command('import-contacts', text, {
    'content-type': 'application/x-ndjson',
    ...headers,
  });
  expect(status).toBe(200);
  return importContactsAnswer.parse(body);
};

test('an import creates, changes and leaves contacts, in the order of its lines', async () => {
  await upsert('known', 'Known');
  const answer = await importContacts([
    { externalId: 'new-1', name: 'One', phoneNumber, createdAt: '2019-05-05T09:00:00+02:00' },
    { externalId: 'known', name: 'Renamed', phoneNumber },
    { name: 'Nobody', phoneNumber },
    { externalId: 'new-1', name: 'One', phoneNumber },
    { externalId: 'new-1', name: 'One again', phoneNumber },
    { externalId: 'New-1', name: 'Another', phoneNumber },
    { externalId: 'known', name: 'Renamed', phoneNumber },
    '',
    '{"externalId":"bad"',
    { externalId: 'bad', name: ' ', phoneNumber: 'none' },
    { externalId: 'bad', name: 'Bad', phoneNumber, external_id: 'x' },
  ]);
  expect(answer).toMatchObject({ created: 3, updated: 2, unchanged: 2, rejected: 3 });
  expect(answer.errors.map(({ line }) => line)).toEqual([9, 10, 11]);
  expect(answer.errors[2]?.message).toBe('external_id: is not known; did you mean externalId?');
  const [one] = (await named('new-1')).contacts;
  expect(one).toMatchObject({ name: 'One again', createdAt: '2019-05-05T07:00:00.000000Z' });
  const [another] = (await named('New-1')).contacts;
  expect((another?.id ?? 0) - (one?.id ?? 0)).toBe(2);
  expect((await named('known')).contacts).toMatchObject([{ name: 'Renamed' }]);
});

test('the same import again changes nothing, and with its key gets the same answer', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => ({ externalId: `again-${i}`, name: `Ada ${i}`, phoneNumber }));
  const key = { 'idempotency-key': 'contacts-1' };
  expect(await importContacts(rows, key)).toMatchObject({ created: 500, rejected: 0 });
  expect(await importContacts(rows, key)).toMatchObject({ created: 500, rejected: 0 });
  expect(await importContacts(rows)).toMatchObject({ created: 0, updated: 0, unchanged: 500 });
});

test('two imports of the same new contacts in opposite order both end, and each contact is there once', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({ externalId: `both-${i}`, name: `Bo ${i}`, phoneNumber }));
  const answers = await Promise.all([importContacts(rows), importContacts(rows.toReversed())]);
  expect(answers.map(({ rejected }) => rejected)).toEqual([0, 0]);
  expect(answers.reduce((sum, { created }) => sum + created, 0)).toBe(300);
  expect((await named('both-7')).pagination.total).toBe(1);
});

test('a message line names its contact by its id or its external id, and not by both', async () => {
  const { contact } = await upsert('line', 'Line');
  const lines = [
    { contactExternalId: 'line', content: 'by external id', direction: 'inbound' },
    { contactId: contact.id, content: 'by id' },
    { contactId: contact.id, contactExternalId: 'line', content: 'both' },
    { content: 'neither' },
    { contactExternalId: 'LINE', content: 'other case' },
    { contactExternalId: 'line', content: 'x', direction: 'in' },
  ];
  const { body } = await api.command('import-messages', lines.map((line) => JSON.stringify(line)).join('\n'), {
    'content-type': 'application/x-ndjson',
  });
  expect(body).toEqual({
    imported: 2,
    duplicates: 0,
    rejected: 4,
    errors: [
      { line: 3, message: 'contactId: cannot be combined with contactExternalId; give one of them' },
      { line: 4, message: 'contactId: is missing: give contactId or contactExternalId' },
      { line: 5, message: 'There is no contact with the externalId "LINE".' },
      { line: 6, message: 'direction: must be "inbound" or "outbound"' },
    ],
  });
  const thread = await api.get<{ messages: unknown[] }>(`/api/contacts/${contact.id}/messages`);
  expect(thread.body.messages).toMatchObject([
    { content: 'by id', direction: null },
    { content: 'by external id', direction: 'inbound' },
  ]);
});
