import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool, refreshRecentConversations } from '@messaging/db';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { type ChangesAnswer, createLogger, encodeCursor } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { parseApiKeys } from '../src/access/api-keys.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { openEvents } from './event-stream.ts';

let database: TestDatabase;
let pool: Pool;
let api: TestApi;

beforeEach(async () => {
  database = await createTestDatabase();
  const config = { connectionString: database.connectionString, poolSize: 5, statementTimeoutMs: 60_000 };
  pool = createPool(config, createLogger({ level: 'silent', pretty: false }, 'test'), 'test');
  api = await startTestApi(database.connectionString);
  await pool.query(
    "insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(1, 9) i",
  );
});

afterEach(async () => {
  await api?.close();
  await pool?.end();
  await database?.close();
});

const ask = (query = '') => api.get<ChangesAnswer>(`/api/changes${query}`);
const since = async (cursor: string, more = '') => (await ask(`?after=${encodeURIComponent(cursor)}${more}`)).body;
const cursorNow = async () => (await ask()).body.cursor;
const send = async (contactId: number, content = 'hello') => {
  const { body } = await api.command<{ message: { id: number } }>('send-message', { contactId, content });
  return body.message.id;
};
const refresh = () =>
  refreshRecentConversations(
    { connectionString: database.connectionString, poolSize: 1, statementTimeoutMs: 60_000 },
    { timeoutMs: 60_000 },
  );

test('tells each conversation that changed once, as it is now, and then nothing', async () => {
  const first = await cursorNow();
  expect(await since(first)).toMatchObject({ changes: [] });
  await send(1);
  const lastMessageId = await send(1);
  await send(2);
  const { changes, cursor } = await since(first);
  expect(changes.toSorted((a, b) => a.contactId - b.contactId)).toEqual([
    { contactId: 1, kind: 'changed', lastMessageId },
    { contactId: 2, kind: 'changed', lastMessageId: lastMessageId + 1 },
  ]);
  expect(await since(cursor)).toMatchObject({ changes: [] });
});

test('without a cursor it tells nothing, at once, however long it may wait', async () => {
  await send(1);
  expect((await ask('?wait=30')).body).toEqual({ changes: [], cursor: expect.any(String) });
});

test.each([
  'conversations',
  'conversations?searchValue=hello',
  'contacts',
  'contacts/1/messages',
  'messages',
  'messages?searchValue=hello',
])('goes on from the list /api/%s without a gap', async (list) => {
  await send(1);
  const { headers } = await api.get(`/api/${list}`);
  const lastMessageId = await send(1);
  const cursor = headers.get('changes-cursor') ?? '';
  expect((await since(cursor)).changes).toEqual([{ contactId: 1, kind: 'changed', lastMessageId }]);
  const again = await api.get(`/api/${list}`);
  expect((await since(again.headers.get('changes-cursor') ?? '')).changes).toEqual([]);
});

test('a page that is sent again because nothing was written has a cursor as good as the first', async () => {
  await send(1);
  const [first, second] = [await api.get('/api/conversations'), await api.get('/api/conversations')];
  expect(first.headers.get('changes-cursor')).toBeTruthy();
  await send(3);
  expect((await since(second.headers.get('changes-cursor') ?? '')).changes).toMatchObject([{ contactId: 3 }]);
});

test('tells a deletion, a rename, and a message that becomes the last one again', async () => {
  const kept = await send(1);
  const deleted = await send(1);
  await send(2);
  await send(3);
  const cursor = await cursorNow();
  await api.command('delete-message', { messageId: deleted });
  await api.command('delete-contact', { contactId: 2 });
  await api.command('update-contact', { contactId: 3, name: 'Renamed' });
  const { changes } = await since(cursor);
  expect(changes.toSorted((a, b) => a.contactId - b.contactId)).toEqual([
    { contactId: 1, kind: 'changed', lastMessageId: kept },
    { contactId: 2, kind: 'deleted', lastMessageId: null },
    { contactId: 3, kind: 'changed', lastMessageId: expect.any(Number) },
  ]);
});

test('tells what a refresh has forgotten, also a deletion', async () => {
  const lastMessageId = await send(1);
  await send(2);
  const cursor = await cursorNow();
  await send(1);
  await api.command('delete-contact', { contactId: 2 });
  await refresh();
  expect((await pool.query('select from conversation_changes')).rowCount).toBe(0);
  const { changes } = await since(cursor);
  expect(changes.toSorted((a, b) => a.contactId - b.contactId)).toEqual([
    { contactId: 1, kind: 'changed', lastMessageId: lastMessageId + 2 },
    { contactId: 2, kind: 'deleted', lastMessageId: null },
  ]);
});

// T1 writes a message of contact 1 and stays open. T2 writes one of contact 2 and commits. A cursor that ended before the first
// running transaction would stand still until T1 ends; one that ended at T2 would miss T1.
test('a transaction that commits late is neither missed nor waited for', async () => {
  const before = await cursorNow();
  const open = await pool.connect();
  await open.query("begin; insert into messages (contact_id, content) values (1, 'late')");
  await send(2);
  await refresh();
  const early = await since(before);
  expect(early.changes).toMatchObject([{ contactId: 2 }]);
  await send(3);
  const next = await since(early.cursor);
  expect(next.changes).toMatchObject([{ contactId: 3 }]);
  await open.query('commit');
  open.release();
  const late = await since(next.cursor);
  expect(late.changes).toMatchObject([{ contactId: 1 }]);
  expect((await since(late.cursor)).changes).toEqual([]);
});

test('what is rolled back is not told', async () => {
  const before = await cursorNow();
  const open = await pool.connect();
  await open.query("begin; insert into messages (contact_id, content) values (1, 'never'); rollback");
  open.release();
  expect((await since(before)).changes).toEqual([]);
});

describe('waiting', () => {
  test('answers as soon as something changes', async () => {
    const cursor = await cursorNow();
    const waiting = since(cursor, '&wait=30');
    await eventually(async () => expect((await api.get<string>('/readyz')).status).toBe(200));
    const lastMessageId = await send(4);
    expect((await waiting).changes).toEqual([{ contactId: 4, kind: 'changed', lastMessageId }]);
  });

  test('answers without changes when the time is over', async () => {
    const cursor = await cursorNow();
    const answer = await since(cursor, '&wait=1');
    expect(answer.changes).toEqual([]);
    await send(1);
    expect((await since(answer.cursor)).changes).toHaveLength(1);
  });

  test('for one contact only its conversation counts', async () => {
    const cursor = await cursorNow();
    const waiting = since(cursor, '&wait=30&contactId=5');
    await send(4);
    const lastMessageId = await send(5);
    expect((await waiting).changes).toEqual([{ contactId: 5, kind: 'changed', lastMessageId }]);
  });

  test('ends when the service closes', async () => {
    const waiting = since(await cursorNow(), '&wait=30');
    const stream = await openEvents(`${api.url}/api/changes`);
    await stream.next({ heartbeats: true });
    await api.close();
    expect((await waiting).changes).toEqual([]);
    expect(await stream.next({ heartbeats: true })).toBeUndefined();
  });
});

describe('as a stream', () => {
  test('begins with a cursor, tells what changes, and goes on from the last id', async () => {
    const stream = await openEvents(`${api.url}/api/changes`);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const hello = await stream.next({ heartbeats: true });
    expect(hello).toMatchObject({ event: 'heartbeat', data: { cursor: hello?.id } });
    const lastMessageId = await send(1);
    const told = await stream.next();
    expect(told).toEqual({
      event: 'change',
      id: expect.any(String),
      data: { contactId: 1, kind: 'changed', lastMessageId },
    });
    stream.close();
    await send(2);
    const resumed = await openEvents(`${api.url}/api/changes?after=${encodeURIComponent(hello?.id ?? '')}`, {
      'last-event-id': told?.id ?? '',
    });
    expect(await resumed.next()).toMatchObject({ event: 'change', data: { contactId: 2 } });
    resumed.close();
  });

  test('an id is given only when everything before it was told', async () => {
    const cursor = await cursorNow();
    await pool.query("insert into messages (contact_id, content) select i, 'many' from generate_series(1, 9) i");
    const stream = await openEvents(`${api.url}/api/changes?after=${encodeURIComponent(cursor)}`);
    const told = [];
    for (let i = 0; i < 9; i++) told.push(await stream.next());
    expect(told.map((event) => event?.id === undefined)).toEqual([...Array(8).fill(true), false]);
    stream.close();
    expect((await since(told.at(-1)?.id ?? '')).changes).toEqual([]);
  });

  test('ends with a reset where the cursor is not known any more', async () => {
    const cursor = await cursorNow();
    await pool.query('delete from change_feed');
    const stream = await openEvents(`${api.url}/api/changes?after=${encodeURIComponent(cursor)}`);
    expect(await stream.next({ heartbeats: true })).toMatchObject({ event: 'reset' });
    expect(await stream.next()).toBeUndefined();
  });

  test('is reset when the data is replaced while it is read', async () => {
    const stream = await openEvents(`${api.url}/api/changes`);
    await stream.next({ heartbeats: true });
    await pool.query('delete from change_feed');
    expect(await stream.next()).toMatchObject({ event: 'reset' });
    expect(await stream.next()).toBeUndefined();
  });
});

describe('a cursor that is not known any more is 410', () => {
  const expectExpired = async (cursor: string) =>
    expect(await ask(`?after=${encodeURIComponent(cursor)}`)).toMatchObject({
      status: 410,
      body: { code: 'cursor_expired' },
    });

  test('when what it may need was deleted from the log', async () => {
    const cursor = await cursorNow();
    await send(1);
    await refresh();
    expect((await since(cursor)).changes).toHaveLength(1);
    await pool.query("select prune_change_log('0 s')");
    await expectExpired(cursor);
    const fresh = await cursorNow();
    await send(2);
    expect((await since(fresh)).changes).toMatchObject([{ contactId: 2 }]);
  });

  test('when it is of another cluster, timeline, database, or of data that was replaced', async () => {
    const cursor = await cursorNow();
    const [feed, snapshot, takenAtMs] = JSON.parse(Buffer.from(cursor.slice(8), 'base64url').toString());
    const parts = feed.split(':');
    for (const [part, other] of [
      '4711',
      '0000000A',
      '4711',
      '4711',
      '00000000-0000-4000-8000-000000000000',
    ].entries()) {
      const name = parts.with(part, other).join(':');
      await expectExpired(encodeCursor('changes', [name, snapshot, takenAtMs]));
    }
  });

  test('when it is of a future that was lost', async () => {
    const cursor = await cursorNow();
    const [feed, , takenAtMs] = JSON.parse(Buffer.from(cursor.slice(8), 'base64url').toString());
    await expectExpired(encodeCursor('changes', [feed, '999999999:999999999:', takenAtMs]));
  });

  test('when it is older than the retention', async () => {
    const cursor = await cursorNow();
    const [feed, snapshot] = JSON.parse(Buffer.from(cursor.slice(8), 'base64url').toString());
    const takenAtMs = Date.now() - 25 * 3_600_000;
    await expectExpired(encodeCursor('changes', [feed, snapshot, takenAtMs]));
    const stream = await openEvents(
      `${api.url}/api/changes?after=${encodeCursor('changes', [feed, snapshot, takenAtMs])}`,
    );
    expect(await stream.next({ heartbeats: true })).toMatchObject({ event: 'reset' });
  });
});

const FEED = '1:00000001:2:3:00000000-0000-4000-8000-000000000000';

test.each([
  ['?after=', 'after'],
  ['?after=abc', 'after'],
  [`?after=${encodeCursor('contacts', [7])}`, 'after'],
  [`?after=${encodeCursor('changes', [FEED, '5:3:', 0])}`, 'after'],
  [`?after=${encodeCursor('changes', [FEED, '3:9:5,4', 0])}`, 'after'],
  [`?after=${encodeCursor('changes', [FEED, '3:9:9', 0])}`, 'after'],
  [`?after=${encodeCursor('changes', [FEED, "3:9:'", 0])}`, 'after'],
  ['?wait=31', 'wait'],
  ['?wait=-1', 'wait'],
  ['?wait=1.5', 'wait'],
  ['?contactId=0', 'contactId'],
  ['?since=5', 'since'],
])('%s is refused', async (query, path) => {
  expect(await ask(query)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
});

test('a cut or altered cursor is refused', async () => {
  const cursor = await cursorNow();
  for (const wrong of [cursor.slice(0, -2), `${cursor.slice(0, 20)}x${cursor.slice(21)}`]) {
    expect((await ask(`?after=${encodeURIComponent(wrong)}`)).status).toBe(400);
  }
});

// The snapshot of every cursor that is given while X runs begins with X, or before it.
test('a transaction that is open for longer than the retention does not make new cursors expire', async () => {
  const open = await pool.connect();
  await open.query("begin; insert into messages (contact_id, content) values (1, 'slow')");
  await send(2);
  await refresh();
  const cursor = await cursorNow();
  await pool.query("select prune_change_log('0 s')");
  expect((await since(cursor)).changes).toEqual([]);
  await open.query('commit');
  open.release();
  expect((await since(cursor)).changes).toMatchObject([{ contactId: 1 }]);
});

test('the database is not asked for a reader who left while it was asked', async () => {
  const cursor = await cursorNow();
  const holder = await pool.connect();
  await holder.query('begin; lock table conversation_change_log in access exclusive mode');
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  const path = `/api/changes?after=${encodeURIComponent(cursor)}`;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`);
  const asking = (condition: string) => async () => {
    const { rows } = await pool.query(
      `select from pg_stat_activity
       where datname = current_database() and application_name = 'messaging-changes' and ${condition}`,
    );
    expect(rows).not.toEqual([]);
  };
  await eventually(asking("wait_event_type = 'Lock'"));
  socket.resetAndDestroy();
  const readers = async () =>
    (await (await fetch(`${api.url}/metrics`)).text()).match(/^messaging_change_readers (\d+)/m)?.[1];
  await eventually(async () => expect(await readers()).toBe('0'));
  await holder.query('commit');
  holder.release();
  // While somebody follows it is asked every 100 ms.
  await eventually(async () => {
    const { rows } = await pool.query(
      `select max(query_start) < clock_timestamp() - interval '1 s' as "isQuiet" from pg_stat_activity
       where datname = current_database() and application_name = 'messaging-changes'`,
    );
    expect(rows).toEqual([{ isQuiet: true }]);
  });
});

test('limits how many read at once', async () => {
  const limited = await startTestApi(database.connectionString, {
    changes: { retentionHours: 24, readers: { total: 2, perKey: 1 } },
  });
  const streams = [await openEvents(`${limited.url}/api/changes`), await openEvents(`${limited.url}/api/changes`)];
  const refused = await limited.get('/api/changes');
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('1');
  streams[0]?.close();
  await eventually(async () => expect((await limited.get('/api/changes')).status).toBe(200));
  streams[1]?.close();
  await limited.close();
});

test('limits how many read at once with one key', async () => {
  const entry = (name: string) => `${name}:${createHash('sha256').update(name).digest('hex')}:read`;
  const limited = await startTestApi(database.connectionString, {
    access: {
      keys: parseApiKeys(`one,other`.split(',').map(entry).join(',')).keys,
      localOnly: false,
      corsOrigins: [],
      trustProxy: false,
    },
    changes: { retentionHours: 24, readers: { total: 10, perKey: 1 } },
  });
  const one = { authorization: 'Bearer one' };
  const stream = await openEvents(`${limited.url}/api/changes`, one);
  const refused = await limited.get('/api/changes', one);
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(refused.headers.get('retry-after')).toBe('10');
  expect((await limited.get('/api/changes', { authorization: 'Bearer other' })).status).toBe(200);
  stream.close();
  await eventually(async () => expect((await limited.get('/api/changes', one)).status).toBe(200));
  await limited.close();
});
