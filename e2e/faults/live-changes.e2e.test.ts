import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { followChanges } from '@messaging/client';
import { conversationsPage } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import type pg from 'pg';
import {
  type ChildProcess,
  createFaultDatabase,
  type FaultDatabase,
  onCleanUp,
  startApi,
  startOwnPostgres,
  startWorker,
} from './harness/index.ts';

const WRITERS = 8;
const FOLLOWERS = 20;
/** It goes on, however slow the machine, until so many rows are written and so many processes were killed. */
const LEAST_WRITES = 4_000;
const LEAST_KILLS = 4;
const CONTACTS = 200;

type State = Map<number, number | null>;

/**
 * Writers of plain SQL: messages, several at once, deletions, renames; a third of the transactions stay open for a while, so that they
 * commit in another order than they began.
 */
async function write(db: pg.Client, onWritten: (rows: number) => void, isOver: () => boolean): Promise<void> {
  const contact = () => 1 + Math.floor(Math.random() * CONTACTS);
  const statements = [
    () => [`insert into messages (contact_id, content) values (${contact()}, 'one')`],
    () => [
      `insert into messages (contact_id, content) select i, 'many' from generate_series(${contact()}, ${CONTACTS}) i limit 20`,
    ],
    () => [`delete from messages where id in (select id from messages where contact_id = ${contact()} limit 3)`],
    () => [`delete from messages where contact_id = ${contact()}`],
    () => [`update contacts set name = name || '.' where id = ${contact()} and char_length(name) < 100`],
  ];
  while (!isOver()) {
    const [statement = ''] = statements[Math.floor(Math.random() ** 3 * statements.length)]?.() ?? [];
    try {
      const isLong = Math.random() < 0.3;
      if (isLong) await db.query('begin');
      const { rowCount } = await db.query(statement);
      if (isLong) {
        await wait(Math.random() * 50);
        await db.query('commit');
      }
      onWritten(rowCount ?? 0);
    } catch (error) {
      await db.query('rollback').catch(() => {});
      if ((error as { code?: string }).code !== '40P01') return; // the server is away: another connection goes on
    }
  }
}

/** Keeps a list by the live changes alone, and leaves now and then in the middle to go on from its cursor. */
function startFollower(baseUrl: () => string) {
  const over = new AbortController();
  onCleanUp(async () => over.abort());
  const state: State = new Map();
  const counts = { told: 0, readAnew: 0, connections: 0 };
  let cursor: string | undefined;
  const readAnew = async () => {
    const response = await fetch(`${baseUrl()}/api/conversations?pageSize=200`, { signal: over.signal });
    const { conversations } = conversationsPage.parse(await response.json());
    state.clear();
    for (const { contactId, lastMessage } of conversations) state.set(contactId, lastMessage.id);
    counts.readAnew += 1;
    cursor = response.headers.get('changes-cursor') ?? '';
    return cursor;
  };
  const done = (async () => {
    while (!over.signal.aborted) {
      const leave = new AbortController();
      const leaving = setTimeout(() => leave.abort(), 200 + Math.random() * 3_000);
      counts.connections += 1;
      const target = { baseUrl: '', fetch: ((url, init) => fetch(baseUrl() + url, init)) as typeof fetch };
      const signal = AbortSignal.any([over.signal, leave.signal]);
      for await (const batch of followChanges({
        ...target,
        signal,
        readAnew,
        ...(cursor !== undefined && { after: cursor }),
      })) {
        for (const { contactId, kind, lastMessageId } of batch.changes) {
          if (kind === 'deleted') state.delete(contactId);
          else state.set(contactId, lastMessageId);
          counts.told += 1;
        }
        cursor = batch.cursor;
      }
      clearTimeout(leaving);
    }
  })();
  return { state, counts, stop: () => over.abort(), done };
}

async function listOf({ db }: FaultDatabase): Promise<State> {
  const { rows } = await db.query(
    'select contact_id::int as id, last_message_id::int as last from current_conversations',
  );
  return new Map(rows.map(({ id, last }) => [id, last]));
}

test('followers that come and go miss nothing of 8 writers, while API processes are killed, views refreshed and PostgreSQL restarted', async () => {
  const postgres = await startOwnPostgres();
  const database = await createFaultDatabase(postgres.connectionString);
  await database.db.query(
    `insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(51, ${CONTACTS}) i`,
  );
  const env = {
    DATABASE_URL: postgres.connectionString,
    REFRESH_QUIET_MS: '0',
    REFRESH_MAX_WAIT_MS: '200',
    REFRESH_REST_FACTOR: '0',
  };
  await startWorker(env);
  const apis: ChildProcess[] = [await startApi(env), await startApi(env)];
  const someApi = () => (apis[Math.floor(Math.random() * apis.length)] as ChildProcess).url;
  const followers = Array.from({ length: FOLLOWERS }, () => startFollower(someApi));

  let [written, kills] = [0, 0];
  const isOver = () => written >= LEAST_WRITES && kills >= LEAST_KILLS;
  const count = (rows: number) => {
    written += rows;
  };
  const writing = Array.from({ length: WRITERS }, async () => {
    while (!isOver()) {
      const client = await database.connect().catch(() => wait(100));
      if (client) await write(client, count, isOver);
    }
  });
  const killing = (async () => {
    for (; !isOver(); kills++) {
      await wait(1_500);
      await apis[kills % 2]?.kill();
      apis[kills % 2] = await startApi(env);
      if (kills !== 1) continue;
      await postgres.stop('immediate');
      await postgres.start();
    }
  })();
  await Promise.all([...writing, killing]);

  const { db } = await createFaultDatabase(postgres.connectionString, { isFilled: true, isChecked: false });
  const expected = await listOf({ ...database, db });
  await eventually(
    () => {
      for (const { state } of followers)
        expect(new Map([...state].sort(byId))).toEqual(new Map([...expected].sort(byId)));
    },
    { timeoutMs: 30_000 },
  );
  for (const { counts } of followers) {
    expect(counts.told).toBeGreaterThan(100);
    expect(counts.connections).toBeGreaterThan(3);
    expect(counts.readAnew).toBeLessThanOrEqual(3); // at the beginning, and after the crash of the server: see change_feed
  }
  for (const follower of followers) follower.stop();
  await Promise.all(followers.map(({ done }) => done));
}, 300_000);

const byId = ([a]: [number, unknown], [b]: [number, unknown]): number => a - b;

const MEBIBYTE = 1_048_576;
const STALLED_READERS = 20;
const ROUNDS = 30;
const MANY = 9_000;

test('readers who stop reading cost no memory, and are cut off', async () => {
  const database = await createFaultDatabase();
  await database.db.query(
    `insert into contacts (name, phone_number) select 'c', '+1 ' || i from generate_series(1, ${MANY}) i`,
  );
  const api = await startApi({ DATABASE_URL: database.connectionString });
  const sockets: Socket[] = [];
  for (let i = 0; i < STALLED_READERS; i++) {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    onCleanUp(async () => void socket.destroy());
    await once(socket, 'connect');
    socket.write('GET /api/changes HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    sockets.push(socket);
  }
  const residentBytes = async () =>
    Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${api.pid}/status`, 'utf8'))?.[1]) * 1_024;
  const readers = async () => /^messaging_change_readers (\d+)/m.exec((await api.get<string>('/metrics')).body)?.[1];
  expect(await readers()).toBe(String(STALLED_READERS));
  let mostBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await database.db.query("insert into messages (contact_id, content) select id, 'x' from contacts");
    expect((await api.get('/api/conversations')).status).toBe(200);
    mostBytes = Math.max(mostBytes, await residentBytes());
  }
  await eventually(async () => expect(await readers()).toBe('0'), { timeoutMs: 60_000 });
  expect(mostBytes).toBeLessThan(350 * MEBIBYTE);
}, 120_000);
