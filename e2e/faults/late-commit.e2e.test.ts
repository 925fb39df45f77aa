import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { type ChildProcess, createFaultDatabase, startApi, startWorker } from './harness/index.ts';

const REFRESHES = 3;

test('a transaction that stays open over several refreshes and commits an older time and a lower id shows up right, at once', async () => {
  const database = await createFaultDatabase();
  const env = { DATABASE_URL: database.connectionString };
  const api = await startApi(env);
  await startWorker(env);

  const newer = await database.send(2);
  await database.untilViewIsCurrent();
  const late = await database.connect();
  await late.query('begin');
  const { rows } = await late.query(
    `insert into messages (contact_id, content, created_at)
     values (1, 'older than the rest', '2020-01-01Z'), (2, 'xyzzy from last year', now() - interval '1 year')
     returning id::int`,
  );
  const [first, second] = rows.map(({ id }) => id);
  const sent = [newer];
  for (let i = 0; i < REFRESHES; i++) {
    sent.unshift(await database.send(10 + i));
    await eventually(async () => expect(await database.listRefreshes()).toHaveLength(i + 2));
    await database.untilViewIsCurrent();
  }
  expect(await list(api)).toEqual(sent);
  await late.query('commit');
  const expected = [...sent, first];
  expect(await list(api)).toEqual(expected);
  expect(await find(api, 'XYZZY')).toEqual([second]);
  expect(await thread(api, 2)).toEqual([newer, second]);
  await database.untilViewIsCurrent();
  expect(await list(api)).toEqual(expected);
  expect(await find(api, 'XYZZY')).toEqual([second]);
}, 120_000);

interface Page {
  conversations: { lastMessage: { id: number }; match: { messageId: number } }[];
  messages: { id: number }[];
}

const list = async (api: ChildProcess) =>
  (await api.get<Page>('/api/conversations')).body.conversations.map(({ lastMessage }) => lastMessage.id);
const find = async (api: ChildProcess, term: string) =>
  (await api.get<Page>(`/api/conversations?searchValue=${term}`)).body.conversations.map(
    ({ match }) => match.messageId,
  );
const thread = async (api: ChildProcess, contactId: number) =>
  (await api.get<Page>(`/api/contacts/${contactId}/messages`)).body.messages.map(({ id }) => id);
