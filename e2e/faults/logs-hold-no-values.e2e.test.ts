import { createHash } from 'node:crypto';
import { connect as openSocket } from 'node:net';
import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import {
  type ChildProcess,
  type OwnPostgres,
  onCleanUp,
  startApi,
  startOwnPostgres,
  startWorker,
} from './harness/index.ts';

/** What must not be in a log, each word known by itself. */
const TEXT = 'hyacinth "pelican" manifesto\n    at hyacinth (pelican:1:1)';
const NAME = 'Ottoline Quibbleworth';
const PHONE = '+44 7700 900461';
const TERM = 'zinnia marmalade';
const KEY = 'sesame-open-1';
const WRONG_KEY = 'sesame-guess-2';
const REPEAT_KEY = 'saffron-repeat-3';
const PLANTED = /hyacinth|pelican|ottoline|quibbleworth|900461|zinnia|marmalade|sesame|saffron/gi;

const API_KEYS = `tester:${createHash('sha256').update(KEY).digest('hex')}:admin`;
const NDJSON = 'application/x-ndjson';
const STATEMENT_TIMEOUT_MS = 1_500;

interface Asked {
  status: number | undefined;
  text: string;
}

/** Asks the API; an answer that breaks off is none. */
async function ask(
  api: ChildProcess,
  path: string,
  body?: string | Uint8Array | object,
  headers: Record<string, string> = {},
): Promise<Asked> {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const init = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-api-key': KEY, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
  };
  try {
    const response = await fetch(api.url + path, init);
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: undefined, text: '' };
  }
}

/** Sends bytes that are no HTTP. */
function sendRaw(api: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = openSocket(Number(new URL(api.url).port), '127.0.0.1', () => socket.end(text));
    socket.on('error', () => {}).on('close', () => resolve());
    socket.resume();
  });
}

async function connect(postgres: OwnPostgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.connectionString });
  client.on('error', () => {});
  await client.connect();
  onCleanUp(() => client.end().catch(() => {}));
  return client;
}

/** Fails with the lines that hold something planted. */
async function expectNothingPlanted(postgres: OwnPostgres, ...apps: ChildProcess[]): Promise<void> {
  const password = new URL(postgres.connectionString).password;
  const outputs = [await postgres.readLog(), ...apps.map((app) => app.output())];
  const lines = outputs.flatMap((output) => output.split('\n'));
  expect(lines.filter((line) => line.match(PLANTED) ?? line.includes(password))).toEqual([]);
}

/** What PostgreSQL refuses, each with the value in its message, its detail or its context. */
const BROKEN_SCHEMA = `
  create table by_name (name text primary key);
  alter table contacts add constraint refused_name check (name not like '%Quibbleworth twice%');
  alter table messages add constraint refused_content check (content not like 'checked%');
  alter table idempotency_keys add constraint refused_key check (key not like 'saffron%');
  create function break_message() returns trigger language plpgsql as $$
  begin
    if new.content like 'raised%' then
      raise warning 'row %', new;
      raise exception 'row %', new using detail = new.content, hint = new.content, errcode = '40001';
    elsif new.content like 'cast%' then
      perform new.content::integer;
    elsif new.content like 'executed%' then
      execute 'select ' || new.content;
    elsif new.content like 'unique%' then
      insert into by_name values (new.content), (new.content);
    elsif new.content like 'slow%' then
      perform pg_sleep(60);
    end if;
    return new;
  end $$;
  create trigger break_message before insert on messages for each row execute function break_message();`;

async function failInTheDatabase(api: ChildProcess): Promise<void> {
  const send = (content: string, headers = {}) =>
    ask(api, '/api/commands/send-message', { contactId: 1, content }, headers);
  for (const failing of ['checked', 'cast', 'executed', 'unique']) {
    expect((await send(`${failing} ${TEXT}`)).status).toBe(500);
    const line = JSON.stringify({ contactId: 1, content: `${failing} ${TEXT}` });
    const imported = await ask(api, '/api/commands/import-messages', line, { 'content-type': NDJSON });
    expect(imported.status).toBe(500);
  }
  expect((await send(`raised ${TEXT}`)).status).toBe(503);
  expect((await send(TEXT, { 'idempotency-key': REPEAT_KEY })).status).toBe(500);
  const contact = { name: `${NAME} twice`, phoneNumber: PHONE };
  expect((await ask(api, '/api/commands/create-contact', contact)).status).toBe(500);
  expect((await send(`slow ${TEXT}`)).status).toBe(503);
}

async function failBeforeTheDatabase(api: ChildProcess): Promise<void> {
  const command = '/api/commands/send-message';
  const invalidUtf8 = new Uint8Array([...Buffer.from(`{"content":"${NAME}`), 0xff, 0xfe]);
  for (const body of [
    `{"content": ${TEXT}`,
    TEXT,
    invalidUtf8,
    `"${TEXT.repeat(200_000)}"`,
    { contactId: 1, [NAME]: TEXT },
  ])
    await ask(api, command, body);
  await ask(
    api,
    command,
    { contactId: 1, content: TEXT },
    { 'content-type': `text/plain; charset=${NAME.split(' ')[0]}` },
  );
  for (const line of [TEXT, `{"contactId":1,"content":"${NAME}`, JSON.stringify({ contactId: PHONE, content: TEXT })])
    await ask(api, '/api/commands/import-messages', line, { 'content-type': NDJSON });
  const name = encodeURIComponent(NAME);
  for (const path of [
    `/api/conversations?searchValue=${encodeURIComponent(TERM)}`,
    `/api/conversations?cursor=${name}`,
    `/api/conversations?${name}=${encodeURIComponent(PHONE)}`,
    `/api/conversations?searchValue=${encodeURIComponent(TERM).repeat(50)}`,
    `/api/conversations?searchValue=${name}%ff`,
    `/api/contacts/${name}`,
    `/api/contacts/${encodeURIComponent(PHONE)}/messages`,
    '/api/contacts/447700900461',
    `/api/${name}`,
    `/${name}%zz`,
    `/docs/${name}`,
    `/admin/queues/queue/${name}`,
  ])
    await ask(api, path);
  for (const path of ['/api/contacts', '/metrics', '/admin/queues']) {
    await ask(api, path, undefined, { 'x-api-key': WRONG_KEY });
    await ask(api, path, undefined, { 'x-api-key': '', authorization: `Basic ${btoa(`${NAME}:${WRONG_KEY}`)}` });
  }
  await sendRaw(api, `GET /${TEXT} HTTP/9\r\n\r\n`);
  await sendRaw(api, `GET / HTTP/1.1\r\nhost: x\r\nbroken ${NAME}\r\n\r\n`);
}

/** Statements that wait for locks until their time is over, they are a deadlock's victim, or their backend is killed. */
async function failWhileWaiting(api: ChildProcess, postgres: OwnPostgres): Promise<void> {
  const holder = await connect(postgres);
  const watcher = await connect(postgres);
  const untilWaiting = () =>
    eventually(async () => {
      const { rows } = await watcher.query("select pid from pg_stat_activity where wait_event_type = 'Lock'");
      expect(rows.length).toBeGreaterThan(0);
    });
  await holder.query("set deadlock_timeout = '1h'; begin; select from contacts where id = 2 for update");
  const lines = [1, 2].map((contactId) => JSON.stringify({ contactId, content: TEXT })).join('\n');
  const importing = ask(api, '/api/commands/import-messages', lines, { 'content-type': NDJSON });
  await untilWaiting();
  await holder.query("update contacts set name = 'other' where id = 1").catch(() => {});
  await holder.query('rollback');
  await importing;

  await holder.query('begin; lock table messages, contacts');
  const waiting = [
    ask(api, '/api/commands/send-message', { contactId: 1, content: TEXT }),
    ask(api, '/api/commands/create-contact', { name: NAME, phoneNumber: PHONE }),
    ask(api, `/api/conversations?searchValue=${encodeURIComponent(TERM)}`),
  ];
  await untilWaiting();
  await watcher.query("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' limit 1");
  await Promise.all(waiting);
  await holder.query('rollback');
}

test('no log of API, worker or PostgreSQL holds a text, a name, a number, a term or a key, whatever fails', async () => {
  const postgres = await startOwnPostgres();
  const settings = { DATABASE_URL: postgres.connectionString, LOG_LEVEL: 'trace' };
  const api = await startApi({
    ...settings,
    API_KEYS,
    QUEUE_DASHBOARD: 'true',
    RATE_LIMIT_READS_PER_MINUTE: '1000',
    DB_STATEMENT_TIMEOUT_MS: String(STATEMENT_TIMEOUT_MS),
    SEARCH_TIMEOUT_MS: String(STATEMENT_TIMEOUT_MS),
  });
  for (const name of [NAME, 'other'])
    expect((await ask(api, '/api/commands/create-contact', { name, phoneNumber: PHONE })).status).toBe(201);
  expect((await ask(api, '/api/commands/send-message', { contactId: 1, content: TEXT })).status).toBe(201);
  await (await connect(postgres)).query(BROKEN_SCHEMA);

  await failInTheDatabase(api);
  await failBeforeTheDatabase(api);
  await failWhileWaiting(api, postgres);
  await expectNothingPlanted(postgres, api);

  await postgres.stop('immediate');
  expect((await ask(api, '/api/commands/send-message', { contactId: 1, content: TEXT })).status).toBe(503);
  await postgres.start();
  expect(await api.stop()).toBe(0);
  await expectNothingPlanted(postgres, api);
}, 120_000);

/** Each makes a step of the next refresh fail with a text or a name in what PostgreSQL says. */
const BROKEN_STEPS = {
  'the view': `
    drop materialized view recent_conversations;
    create materialized view recent_conversations as
      select *, case when preview like 'hyacinth%' then preview::integer end as broken from current_conversations;
    create unique index on recent_conversations (contact_id)`,
  'the segments': `
    drop materialized view recent_conversations;
    call build_recent_conversations();
    create function raise_row() returns trigger language plpgsql as $$
    begin
      raise exception 'row %', old using detail = old::text;
    end $$;
    create trigger raise_row before delete on unsegmented_messages for each row execute function raise_row()`,
  'the lengths of threads': `
    drop trigger raise_row on unsegmented_messages;
    create function raise_name() returns trigger language plpgsql as $$
    begin
      raise exception 'names %', (select string_agg(name, ', ') from contacts);
    end $$;
    create trigger raise_name before insert on thread_lengths for each statement execute function raise_name()`,
};

test('no log, probe or record of the worker holds a text that a refresh failed with', async () => {
  const postgres = await startOwnPostgres();
  const db = await connect(postgres);
  await db.query('insert into contacts (name, phone_number) values ($1, $2)', [NAME, PHONE]);
  const settings = { DATABASE_URL: postgres.connectionString, LOG_LEVEL: 'trace', REFRESH_BACKOFF_MAX_MS: '1000' };
  const worker = await startWorker(settings);
  for (const [step, breaking] of Object.entries(BROKEN_STEPS)) {
    await db.query(breaking);
    const { rows: last } = await db.query('select max(id) as id from view_refreshes');
    for (let part = 1; part <= 6; part += 1)
      await db.query('insert into messages (contact_id, content) values (1, $1)', [`${TEXT} ${step} ${part}`]);
    const least = step === 'the view' ? 3 : 1; // the third in a row is what /readyz tells
    const sayings = await eventually(async () => {
      const failed = 'select error from view_refreshes where id > $1 and error is not null';
      const { rows } = await db.query(failed, [last[0].id]);
      expect({ step, failed: rows.length >= least }).toEqual({ step, failed: true });
      return JSON.stringify(rows);
    });
    expect(sayings).toMatch(/PostgreSQL error (22P02|P0001)/);
    expect(sayings).not.toMatch(PLANTED);
    expect(JSON.stringify((await worker.get('/readyz')).body)).not.toMatch(PLANTED);
  }
  expect(worker.output()).toContain('"msg":"refresh failed"');
  await expectNothingPlanted(postgres, worker);
}, 120_000);
