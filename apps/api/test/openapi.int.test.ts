import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { encodeCursor } from '@messaging/shared';
import { parseApiKeys } from '../src/access/api-keys.ts';
import { createOpenApiDocument, type OpenApiDocument } from '../src/openapi/document.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { createAnswerCheck, type RawAnswer } from './described-answers.ts';
import { exchange } from './fuzz/exchange.ts';
import { connect, type TestClient } from './support.ts';

/** How one request to an operation differs from a plain one. */
interface Call {
  path?: Record<string, string>;
  query?: string;
  headers?: Record<string, string>;
  body?: string;
}

const json = { 'content-type': 'application/json' };
const ndjson = { 'content-type': 'application/x-ndjson' };
const bodyOf = (value: object): Call => ({ headers: json, body: JSON.stringify(value) });

/** A request to each operation that it can serve, and another such one. */
const REQUESTS: Record<string, [Call, Call]> = {
  listConversations: [{}, { query: 'searchValue=ada' }],
  listContacts: [{}, { query: 'page=2&pageSize=1' }],
  getContact: [{ path: { contactId: '1' } }, { path: { contactId: '2' } }],
  listMessages: [{ path: { contactId: '1' } }, { path: { contactId: '1' }, query: 'around=1' }],
  listAllMessages: [{}, { query: 'searchValue=ada&direction=outbound' }],
  getMessage: [{ path: { messageId: '1' } }, { path: { messageId: '5' } }],
  listChanges: [{}, { headers: { accept: 'application/json' }, query: 'contactId=1' }],
  exportContacts: [{}, { query: 'after=2' }],
  exportMessages: [{}, { query: 'contactId=1&after=1' }],
  sendMessage: [bodyOf({ contactId: 1, content: 'x' }), bodyOf({ contactId: 1, content: 'y' })],
  receiveMessage: [bodyOf({ contactId: 1, content: 'x' }), bodyOf({ contactId: 1, content: 'y' })],
  createContact: [bodyOf({ name: 'Ada', phoneNumber: '1' }), bodyOf({ name: 'Eve', phoneNumber: '2' })],
  updateContact: [bodyOf({ contactId: 1, name: 'Ada B.' }), bodyOf({ contactId: 1, phoneNumber: '7' })],
  upsertContact: [
    bodyOf({ externalId: 'up', name: 'Ada', phoneNumber: '1' }),
    bodyOf({ externalId: 'up', name: 'Eve', phoneNumber: '1' }),
  ],
  deleteMessage: [bodyOf({ messageId: 2 }), bodyOf({ messageId: 3 })],
  deleteContact: [bodyOf({ contactId: 4 }), bodyOf({ contactId: 5 })],
  importMessages: [
    { headers: ndjson, body: '{"contactId":1,"content":"a","clientMessageId":"1"}\n{"contactId":77,"content":"b"}' },
    { headers: ndjson, body: '{"contactId":1,"content":"a","clientMessageId":"1"}\nnot json' },
  ],
  importContacts: [
    { headers: ndjson, body: '{"externalId":"up","name":"Ada","phoneNumber":"1"}\n{"name":"Bo","phoneNumber":"2"}' },
    { headers: ndjson, body: '{"externalId":"up","name":"Eve","phoneNumber":"1"}\nnot json' },
  ],
  getLiveness: [{}, {}],
  getReadiness: [{}, {}],
  getMetrics: [{}, {}],
  getOpenApi: [{}, {}],
};

let database: TestDatabase;
let api: TestApi;
let admin: TestClient;
let document: OpenApiDocument;
let check: ReturnType<typeof createAnswerCheck>;
let operations: { id: string; method: string; path: string; statuses: string[] }[];
/** What was answered as it is described, as `operationId status`. */
const driven = new Set<string>();

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  admin = await connect(database);
  document = (await api.get<OpenApiDocument>('/openapi.json')).body;
  check = createAnswerCheck(document);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => {
      return { id: String(operationId), method, path, statuses: Object.keys(responses as object) };
    }),
  );
  for (let i = 1; i <= 5; i++) await api.command('create-contact', { name: `Contact ${i}`, phoneNumber: `+1 ${i}` });
  for (let i = 1; i <= 5; i++) await api.command('send-message', { contactId: 1, content: `message ${i} for Ada` });
});

afterAll(async () => {
  await admin?.end();
  await api?.close();
  await database?.close();
});

const declaring = (status: number) => operations.filter(({ statuses }) => statuses.includes(String(status)));
const firstCall = (id: string): Call => REQUESTS[id]?.[0] ?? {};
const secondCall = (id: string): Call => REQUESTS[id]?.[1] ?? {};
const withHeaders = (call: Call, headers: Record<string, string>): Call => ({
  ...call,
  headers: { ...call.headers, ...headers },
});

async function send(id: string, call: Call, otherMethod?: string, url = api.url): Promise<RawAnswer> {
  const operation = operations.find((one) => one.id === id);
  if (!operation) throw new Error(`no operation ${id}`);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => call.path?.[name] ?? '1');
  const { headers = {}, body = null } = call;
  const init = { method: (otherMethod ?? operation.method).toUpperCase(), headers, body };
  const response = await fetch(`${url}${path}?${call.query ?? ''}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Expects this status and that nothing in the answer differs from the document. */
function expectDescribed(id: string, status: number, answer: RawAnswer): void {
  const { method = '', path = '' } = operations.find((one) => one.id === id) ?? {};
  const problems = check(method, path, answer);
  expect({ id, status: answer.status, problems }).toEqual({ id, status, problems: [] });
  driven.add(`${id} ${status}`);
}

async function drive(id: string, call: Call, status: number, url?: string): Promise<void> {
  expectDescribed(id, status, await send(id, call, undefined, url));
}

test('the document that is served is the one that is built, with a strong ETag', async () => {
  expect(document).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument())));
  const { headers } = await send('getOpenApi', {});
  expect(headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
  const options = { headers: { 'if-none-match': String(headers.get('etag')) } };
  const [message] = (await once(get(`${api.url}/openapi.json`, options), 'response')) as [IncomingMessage];
  message.resume();
  const received = new Headers(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  expectDescribed('getOpenApi', 304, { status: message.statusCode ?? 0, headers: received, text: '' });
});

test('there is a request for each operation', () => {
  expect(Object.keys(REQUESTS).sort()).toEqual(operations.map(({ id }) => id).sort());
});

test('what is asked well is answered as described', async () => {
  for (const { id, statuses } of operations) {
    const successes = statuses.filter((status) => status.startsWith('2')).map(Number);
    for (const call of [firstCall(id), secondCall(id)]) {
      const answer = await send(id, call);
      expectDescribed(id, successes.includes(answer.status) ? answer.status : Number(successes[0]), answer);
    }
  }
});

test('pages, cursors and finds are as described', async () => {
  for (const query of [
    'page=2&pageSize=1',
    'page=99',
    'pageSize=1',
    'searchValue=7',
    'searchValue=message',
    'searchValue=%20',
  ]) {
    await drive('listConversations', { query }, 200);
  }
  for (const id of ['listConversations', 'listContacts', 'listMessages', 'listAllMessages']) {
    const first = JSON.parse((await send(id, { query: 'pageSize=1' })).text) as {
      pagination: { nextCursor: string | null };
    };
    const { nextCursor } = first.pagination;
    if (nextCursor !== null) await drive(id, { query: `cursor=${nextCursor}` }, 200);
  }
});

test('a command sent again is answered as described, and says that it is', async () => {
  for (const { id } of declaring(422)) {
    const key = { 'idempotency-key': `replay-${id}` };
    const call =
      id === 'deleteMessage'
        ? bodyOf({ messageId: 4 })
        : id === 'deleteContact'
          ? bodyOf({ contactId: 3 })
          : firstCall(id);
    const { status } = await send(id, withHeaders(call, key));
    const again = await send(id, withHeaders(call, key));
    expectDescribed(id, status, again);
    expect([id, again.headers.get('idempotency-replayed')]).toEqual([id, 'true']);
    await drive(id, withHeaders(secondCall(id), key), 422);
  }
});

test('a cursor of other data is answered 410', async () => {
  const cursor = encodeCursor('changes', ['1:00000001:2:3:00000000-0000-4000-8000-000000000000', '3:3:', Date.now()]);
  for (const { id } of declaring(410)) await drive(id, { query: `after=${cursor}` }, 410);
});

test('a command whose key is in progress is answered 409', async () => {
  for (const { id } of declaring(409)) {
    const call = withHeaders(firstCall(id), { 'idempotency-key': `busy-${id}` });
    const locker = await connect(database);
    await locker.query('begin; lock table contacts, messages in access exclusive mode');
    const underWay = send(id, call);
    await locker.untilSomeoneWaits();
    await drive(id, call, 409);
    await locker.query('rollback');
    await locker.end();
    await underWay;
  }
});

test('bad input is answered 400', async () => {
  for (const { id, method } of declaring(400)) {
    const bad =
      method === 'get'
        ? { query: 'page=x&pageSize=0', path: { contactId: 'x', messageId: 'x' } }
        : { 'idempotency-key': 'a b' };
    await drive(id, method === 'get' ? (bad as Call) : withHeaders(firstCall(id), bad as Record<string, string>), 400);
    if (method === 'post' && !id.startsWith('import')) {
      await drive(id, { headers: json, body: '{' }, 400);
      await drive(id, { headers: json, body: '{}' }, 400);
    }
  }
});

const UNKNOWN: Record<string, object> = {
  sendMessage: { contactId: 999, content: 'x' },
  receiveMessage: { contactId: 999, content: 'x' },
  updateContact: { contactId: 999, name: 'x' },
  deleteMessage: { messageId: 999 },
  deleteContact: { contactId: 999 },
};

test('what does not exist is answered 404', async () => {
  for (const { id, method } of declaring(404)) {
    await drive(
      id,
      method === 'get' ? { path: { contactId: '999', messageId: '999' } } : bodyOf(UNKNOWN[id] ?? {}),
      404,
    );
  }
  await drive('listMessages', { query: 'around=999' }, 404);
});

test('what is too large or of another type is answered 413 and 415', async () => {
  const tooLarge = { headers: json, body: JSON.stringify({ padding: 'x'.repeat(6_400_000) }) };
  for (const { id } of declaring(413)) await drive(id, tooLarge, 413);
  for (const { id } of declaring(415)) await drive(id, { headers: { 'content-type': 'text/plain' }, body: 'x' }, 415);
  await drive('importMessages', { headers: { ...ndjson, 'content-encoding': 'gzip' }, body: 'x' }, 415);
});

test('other methods are answered as described: 405 and OPTIONS with Allow, HEAD as GET', async () => {
  for (const { id, method, path } of operations) {
    const refused = await send(id, {}, 'PUT');
    expect([
      id,
      refused.status,
      check(method, path, { ...refused, headers: without(refused.headers, 'allow') }),
    ]).toEqual([id, 405, []]);
    const options = await send(id, {}, 'OPTIONS');
    expect([id, options.status, options.headers.get('allow')]).toEqual([id, 204, refused.headers.get('allow')]);
    if (method !== 'get') continue;
    const [head, whole] = [await send(id, firstCall(id), 'HEAD'), await send(id, firstCall(id))];
    expect([id, head.status, head.text]).toEqual([id, whole.status, '']);
    // How a body is framed is not said where there is none.
    expect(namesOf(head.headers)).toEqual(namesOf(without(whole.headers, 'transfer-encoding')));
  }
});

const HIDDEN = ['contacts', 'messages', 'conversation_changes'];

test('a bug is answered 500, with nothing of the inside', async () => {
  for (const name of HIDDEN) await admin.query(`alter table ${name} rename to hidden_${name}`);
  await admin.query('alter table schema_migrations rename column name to hidden');
  for (const { id } of declaring(500)) {
    const answer = await send(id, withHeaders(firstCall(id), {}));
    expectDescribed(id, 500, answer);
    expect(answer.text).not.toMatch(/relation|column|select|hidden|contacts"/i);
  }
  await admin.query('alter table schema_migrations rename column hidden to name');
  for (const name of HIDDEN) await admin.query(`alter table hidden_${name} rename to ${name}`);
});

test('a database that is away is answered 503 with Retry-After', async () => {
  const name = new URL(database.connectionString).pathname.slice(1);
  const elsewhere = new URL(database.connectionString);
  elsewhere.pathname = '/postgres';
  const other = await connect({ ...database, connectionString: elsewhere.href });
  await other.query(`alter database ${name} allow_connections false`);
  await other.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name like 'messaging-%'",
    [name],
  );
  for (const { id } of declaring(503)) await drive(id, firstCall(id), 503);
  await other.query(`alter database ${name} allow_connections true`);
  await other.end();
});

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

test('who has no key, or one without the scope, is answered 401 and 403', async () => {
  const { keys } = parseApiKeys(`reader:${sha256('r')}:read,writer:${sha256('w')}:write`);
  const access = { keys, localOnly: false, corsOrigins: [], trustProxy: false as const };
  const guarded = await startTestApi(database.connectionString, { access });
  for (const { id, method } of declaring(401)) {
    await drive(id, firstCall(id), 401, guarded.url);
    const [right, wrong] = method === 'get' ? ['r', 'w'] : ['w', 'r'];
    await drive(id, withHeaders(firstCall(id), { 'x-api-key': wrong }), 403, guarded.url);
    const { status } = await send(
      id,
      withHeaders(firstCall(id), { authorization: `Bearer ${right}` }),
      undefined,
      guarded.url,
    );
    expect([401, 403]).not.toContain(status);
  }
  await guarded.close();
});

test('without keys a request to a name that is not of this machine is answered 403', async () => {
  const {
    status = 0,
    headers,
    body,
  } = await exchange(api.url, ['GET /openapi.json HTTP/1.1\r\nHost: evil.example\r\n\r\n']);
  expectDescribed('getOpenApi', status, { status, headers, text: body.toString() });
  expect(status).toBe(403);
});

test('who asks too often is answered 429, and everyone with a limit hears of it', async () => {
  const rateLimits = { readsPerMinute: 1, writesPerMinute: 1, redisUrl: undefined, prefix: 'test' };
  const { keys } = parseApiKeys(`reader:${sha256('r')}:read`);
  const access = { keys, localOnly: false, corsOrigins: [], trustProxy: false as const };
  const limited = await startTestApi(database.connectionString, { access, rateLimits });
  const first = await send('listContacts', { headers: { 'x-api-key': 'r' } }, undefined, limited.url);
  expectDescribed('listContacts', 200, first);
  expect(first.headers.get('ratelimit-policy')).toMatch(/q=1; w=60/);
  const guess = (id: string) => withHeaders(firstCall(id), { 'x-api-key': 'wrong' });
  for (const id of ['listContacts', 'createContact']) await send(id, guess(id), undefined, limited.url);
  for (const { id } of declaring(429)) await drive(id, guess(id), 429, limited.url);
  await limited.close();
});

test('every operation and every status of the document was driven', () => {
  const declared = operations.flatMap(({ id, statuses }) =>
    statuses.filter((status) => status !== 'default').map((status) => `${id} ${status}`),
  );
  expect(declared.filter((one) => !driven.has(one))).toEqual([]);
});

const namesOf = (headers: Headers) =>
  [...headers.keys()].filter((name) => !/^(connection|keep-alive)$/.test(name)).sort();

function without(headers: Headers, name: string): Headers {
  const rest = new Headers(headers);
  rest.delete(name);
  return rest;
}
