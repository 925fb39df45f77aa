import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

const HOSTILE = [
  'tab\t, "quotes", \\backslash\\, \\n, \\., \\N',
  'line\nbreak\r\nand \u2028 and \u2029',
  '\u0001\u0002\u001f\u007f\u0085',
  "'; drop table messages; -- $1 %s",
  '👩‍👩‍👧‍👦 🇧🇷 é e\u0301 مُحَمَّد שָׁלוֹם ＡＢ',
  ' leading and trailing ',
  '\\x01quoted\\x02',
  '{"contactId":1}',
  '\ufeffmark',
];

let databases: TestDatabase[] = [];
let apis: TestApi[] = [];

beforeAll(async () => {
  databases = [await createTestDatabase(), await createTestDatabase()];
  apis = await Promise.all(databases.map(({ connectionString }) => startTestApi(connectionString)));
  const [api] = apis as [TestApi];
  const phoneNumber = '+1 555 0100';
  await api.command('create-contact', { name: 'No external id', phoneNumber });
  await api.command('create-contact', { name: HOSTILE.join(' ').slice(0, 150), phoneNumber, externalId: 'a "b" \\ ä' });
  await api.command('create-contact', { name: 'Called like another', phoneNumber, externalId: 'contact-1' });
  for (const [index, content] of HOSTILE.entries()) {
    const contactId = 3 - (index % 3);
    await api.command(index % 2 ? 'send-message' : 'receive-message', {
      contactId,
      content,
      createdAt: '2026-01-01T00:00Z',
    });
  }
  await importLines(api, 'import-messages', `{"contactId":2,"content":"x","clientMessageId":"client \\"1\\""}\n`);
});

afterAll(async () => {
  for (const api of apis) await api.close();
  for (const database of databases) await database.close();
});

const importLines = async (api: TestApi, command: string, text: string) =>
  (await api.command<{ rejected: number }>(command, text, { 'content-type': 'application/x-ndjson' })).body;

async function exportLines(api: TestApi, path: string): Promise<string> {
  const response = await fetch(`${api.url}/api/export/${path}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
  return response.text();
}

test('what is exported, imported elsewhere and exported again is the same', async () => {
  const [here, there] = apis as [TestApi, TestApi];
  const contacts = await exportLines(here, 'contacts');
  const messages = await exportLines(here, 'messages');
  expect(messages.trimEnd().split('\n')).toHaveLength(HOSTILE.length + 1);
  expect(await importLines(there, 'import-contacts', contacts)).toMatchObject({ created: 3, rejected: 0 });
  expect(await importLines(there, 'import-messages', messages)).toMatchObject({
    imported: HOSTILE.length + 1,
    rejected: 0,
  });
  expect(await exportLines(there, 'contacts')).toBe(contacts);
  expect(await exportLines(there, 'messages')).toBe(messages);
  const contents = messages
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).content);
  expect(contents.slice(0, -1)).toEqual(HOSTILE);
});

test('contacts have an external id that no other has', async () => {
  const lines = (await exportLines(apis[0] as TestApi, 'contacts'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ externalId }) => externalId)).toEqual(['contact-1-', 'a "b" \\ ä', 'contact-1']);
  expect(Object.keys(lines[0])).toEqual(['externalId', 'name', 'phoneNumber', 'createdAt']);
});

test('an export goes on after an id, and can be of one contact', async () => {
  const [api] = apis as [TestApi];
  const all = (await exportLines(api, 'messages')).split('\n');
  expect((await exportLines(api, 'messages?after=4')).split('\n')).toEqual(all.slice(4));
  expect(await exportLines(api, 'messages?after=999')).toBe('');
  const ofOne = all.filter((line) => line.includes('"contactExternalId":"contact-1"'));
  expect((await exportLines(api, 'messages?contactId=3')).trimEnd().split('\n')).toEqual(ofOne);
});

test.each(['messages?after=-1', 'messages?after=x', 'messages?contactId=0', 'contacts?contactId=1', 'contacts?page=1'])(
  '%s is refused',
  async (path) => {
    expect(await (apis[0] as TestApi).get(`/api/export/${path}`)).toMatchObject({ status: 400 });
  },
);

// Each message is 1 MiB, so that the export waits for its reader.
test('a client that does not read keeps one snapshot, and one that goes away leaves nothing behind', async () => {
  const [api] = apis as [TestApi];
  const [database] = databases as [TestDatabase];
  const client = await connect(database);
  await client.query(
    "insert into messages (contact_id, content) select 1, repeat('long ', 200000) from generate_series(1, 40)",
  );
  const open = async () => {
    const call = request(`${api.url}/api/export/messages`).end();
    const [response] = await once(call, 'response');
    return { call, response };
  };
  const [slow, gone] = await Promise.all([open(), open()]);
  expect(await api.get('/api/export/messages')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  await client.query("insert into messages (contact_id, content) values (1, 'written after the export began')");
  gone.call.destroy();
  let text = '';
  for await (const chunk of slow.response.setEncoding('utf8')) text += chunk;
  expect(text.trimEnd().split('\n')).toHaveLength(HOSTILE.length + 1 + 40);
  expect(text).not.toContain('written after');
  await eventually(async () => {
    const { rows } = await client.query(
      "select count(*)::int as busy from pg_stat_activity where application_name = 'messaging-export' and state <> 'idle'",
    );
    expect(rows).toEqual([{ busy: 0 }]);
  });
  expect((await exportLines(api, 'messages')).trimEnd().split('\n')).toHaveLength(HOSTILE.length + 1 + 41);
  await client.end();
}, 60_000);

test('an export ends when the service closes, and half of it does not pass for all', async () => {
  const [database] = databases as [TestDatabase];
  const closing = await startTestApi(database.connectionString);
  const call = request(`${closing.url}/api/export/messages`).end();
  const [response] = await once(call, 'response');
  let closed: Promise<void> | undefined;
  const read = (async () => {
    for await (const _chunk of response) if (!closed) closed = closing.close();
  })();
  await expect(read).rejects.toThrow('aborted');
  await closed;
  expect(closing.logLines.some((line) => line.includes('export broken off'))).toBe(true);
});
