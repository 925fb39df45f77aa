import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { message, type Pagination, pagination } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { type ChildProcess, createFaultDatabase, type FaultDatabase, startApi } from './faults/harness/index.ts';

const MEBIBYTE = 1_048_576;
const ROWS = 200;
/** Both are far below one page of contact 1: 200 MiB of text, which is 700 MiB as JSON. */
const API_BYTES = 350 * MEBIBYTE;
const BACKEND_BYTES = 200 * MEBIBYTE;
const LOOK_EVERY_MS = 100;

/** Contact 1 has messages of 1 MiB, every other one of control characters; contact 2 has text of 64 KiB. */
const LENGTHS: Record<number, number> = { 1: MEBIBYTE, 2: MEBIBYTE / 16 };
const NEWEST: Record<number, number> = { 1: ROWS, 2: 2 * ROWS };

const contentOf = (contactId: number, i: number): string => {
  const length = LENGTHS[contactId] ?? 0;
  return contactId === 1 && i % 2 === 0
    ? String.fromCharCode(1 + (i % 7)).repeat(length)
    : String(i)
        .padStart(16, 'text ')
        .repeat(length / 16);
};

/** Stores the threads as a seed does: searches, which are not asked here, do not know them yet. */
async function addLongThreads({ db }: FaultDatabase): Promise<void> {
  await db.query('alter table messages disable trigger user');
  await db.query('insert into unsegmented_contacts values (1, 2)');
  for (const contactId of [1, 2]) {
    await db.query(
      `insert into messages (id, contact_id, content, created_at)
       select $1 * 1000 + i, $1,
         case when $1 = 1 and i % 2 = 0 then repeat(chr(1 + i % 7), $2) else repeat(lpad(i::text, 16, 'text '), $2 / 16) end,
         '2026-01-01T00:00:00Z'::timestamptz + i * interval '1 minute'
       from generate_series(1, $3::int) i`,
      [contactId, LENGTHS[contactId], NEWEST[contactId]],
    );
  }
  await db.query('refresh materialized view recent_conversations; call count_lists()');
}

/** What a page consists of between closing braces, which no content has: a message each, and then the rest. */
async function* partsOf(response: IncomingMessage): AsyncGenerator<string> {
  let chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf('}'); end >= 0; end = chunk.indexOf('}', start)) {
      yield Buffer.concat([...chunks, chunk.subarray(start, end + 1)]).toString();
      chunks = [];
      start = end + 1;
    }
    chunks.push(chunk.subarray(start));
  }
}

interface Reader {
  contactId: number;
  query?: string;
  /** Reads three messages, and the fourth when this is resolved. */
  waitsFor?: Promise<unknown>;
  /** Leaves after so many messages. */
  leavesAfter?: number;
}

/** Reads a page message by message, each of which must be the next older one of the thread, and then what is around them. */
async function expectPage(api: ChildProcess, { contactId, query = '', waitsFor, leavesAfter }: Reader): Promise<void> {
  const agent = new Agent({ maxSockets: 1 });
  const url = `${api.url}/api/contacts/${contactId}/messages?pageSize=${ROWS}${query}`;
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  let [read, frame] = [0, ''];
  for await (const part of partsOf(response)) {
    const start = part.indexOf('{"id"');
    if (start >= 0) expectMessage(contactId, ROWS - read, part.slice(start));
    frame += start < 0 ? part : `${part.slice(0, start)}{}`;
    read += 1;
    if (read === 3) await waitsFor;
    if (read === leavesAfter) break;
  }
  agent.destroy();
  if (leavesAfter) return;
  const page = JSON.parse(frame);
  expect(page.messages).toHaveLength(ROWS);
  expect(pagination.parse(page.pagination)).toMatchObject({ total: NEWEST[contactId], pageSize: ROWS });
}

function expectMessage(contactId: number, i: number, json: string): void {
  const { id, content, createdAt } = message.parse(JSON.parse(json));
  const isRight = content === contentOf(contactId, i); // a difference of 1 MiB would not be printed
  const minute = (Date.parse(createdAt) - Date.parse('2026-01-01T00:00:00Z')) / 60_000;
  expect({ id, isRight, minute }).toEqual({ id: contactId * 1_000 + i, isRight: true, minute: i });
}

const bytesIn = (status: string, name: string): number => {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return Number(kibibytes) * 1_024;
};

/** The most memory of its own that a backend of the API has until `work` is done, as its server sees it. */
async function peakBackendBytes({ db }: FaultDatabase, work: Promise<unknown>): Promise<number> {
  let [peakBytes, isDone] = [0, false];
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  while (!isDone) {
    const { rows } = await db.query<{ status: string | null }>(
      `select pg_read_file('/proc/' || pid || '/status', true) as status from pg_stat_activity
       where datname = current_database() and application_name = 'messaging-api'`,
    );
    for (const { status } of rows) peakBytes = Math.max(peakBytes, bytesIn(status ?? '', 'RssAnon') || 0);
    await wait(LOOK_EVERY_MS);
  }
  return peakBytes;
}

test('eight long pages at once, most of them for slow readers, take little memory and no other read waits', async () => {
  const database = await createFaultDatabase();
  await addLongThreads(database);
  const api = await startApi({
    DATABASE_URL: database.connectionString,
    DB_POOL_SIZE: '2', // fewer than there are slow readers
    NODE_OPTIONS: '--max-old-space-size=192',
  });
  const before = await api.get<{ pagination: Pagination }>(`/api/contacts/2/messages?pageSize=1&page=${ROWS}`);
  const quick = Promise.all([
    expectPage(api, { contactId: 1 }),
    expectPage(api, { contactId: 2, query: '&around=2100' }),
    expectPage(api, { contactId: 2, query: `&cursor=${before.body.pagination.nextCursor}` }),
  ]).then(async () => expect((await api.get('/api/contacts')).status).toBe(200)); // while the slow ones wait
  const slow = [
    expectPage(api, { contactId: 2, query: '&page=2', waitsFor: quick }),
    ...Array.from({ length: 4 }, () => expectPage(api, { contactId: 1, waitsFor: quick, leavesAfter: 6 })),
  ];
  const all = Promise.all([quick, ...slow]);
  const backendBytes = await peakBackendBytes(database, all);
  await all;
  expect(backendBytes).toBeGreaterThan(0); // it was looked at
  expect(backendBytes).toBeLessThan(BACKEND_BYTES);
  const apiBytes = bytesIn(await readFile(`/proc/${api.pid}/status`, 'utf8'), 'VmHWM');
  expect(apiBytes).toBeLessThan(API_BYTES);
  await eventually(async () => {
    const { body } = await api.get<string>('/metrics');
    expect(body).toMatch(/^messaging_http_requests_in_flight 1$/m); // who has left is not sent anything any more
  });
}, 240_000); // 900 MB of JSON are written, read and compared
