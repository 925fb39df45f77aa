import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import getPort from 'get-port';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { testSettings } from '../src/postgres-settings.ts';
import { identityOf } from '../src/processes.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const READY_TIMEOUT_MS = 120_000;
/** What the user's shell may hold for the servers that they work with. */
const FOR_OTHER_SERVERS = {
  PGHOST: 'db.example',
  PGPASSWORD: 'secret',
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c search_path=theirs',
  PGCLIENT_ENCODING: 'LATIN1',
  PGREPLICATION: 'database',
};
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('starts everything on a machine with nothing, once, and Ctrl-C leaves no process behind', async () => {
  const folder = await newFolder();
  const launcher = await startReady(folder);
  const pids = [...launcher.output().matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid));
  const server = await readServerPid(folder);

  expect(await countContacts(launcher)).toBe(2_000);
  const second = launch(folder, launcher.port);
  expect(await second.exitCode).toBe(1);
  expect(second.output()).toContain(`Already running (pid ${launcher.process.pid}): http://localhost:${launcher.port}`);

  // From a terminal the signal comes twice: npm passes on what it got itself.
  launcher.process.kill('SIGINT');
  launcher.process.kill('SIGINT');
  expect(await launcher.exitCode).toBe(0);
  expect(new Set(pids).size).toBe(2);
  expect([...pids, server].filter((pid) => identityOf(pid))).toEqual([]);
  expect(await readdir(join(folder, '.data', 'lock'))).toEqual([]);
}, 300_000);

test('goes on with its data after it was killed, whose API and worker then end by themselves', async () => {
  const folder = await newFolder();
  const killed = await startReady(folder);
  const created = await createContact(killed, 'Grace Hopper');
  killed.process.kill('SIGKILL');
  await eventually(() => expect(fetch(`http://127.0.0.1:${killed.port}/livez`)).rejects.toThrow());

  const launcher = await startReady(folder, killed.port);

  const found = await fetch(`http://127.0.0.1:${launcher.port}/api/contacts/${created}`);
  expect(await found.json()).toMatchObject({ name: 'Grace Hopper' });
}, 300_000);

test('says that its port is taken before it does anything', async () => {
  const folder = await newFolder();
  const port = await getPort();
  const other = createServer().listen(port, '127.0.0.1');
  cleanUps.push(async () => other.close());
  await once(other, 'listening');

  const launcher = launch(folder, port);

  expect(await launcher.exitCode).toBe(1);
  expect(launcher.output()).toBe(`PORT ${port} is taken by another program: stop it, or set PORT to another number.\n`);
  expect(existsSync(join(folder, '.data', 'postgres'))).toBe(false);
});

test('stops at once, and cleanly, while it is still starting', async () => {
  const folder = await newFolder();
  const launcher = launch(folder, await getPort());
  await eventually(() => expect(launcher.output()).toContain('Loading demo data'), { timeoutMs: READY_TIMEOUT_MS });
  const server = await readServerPid(folder);

  launcher.process.kill('SIGTERM');

  expect(await launcher.exitCode).toBe(0);
  expect(identityOf(server)).toBeUndefined();
}, 300_000);

// Not beside the other tests of the server, which take any port: this one and those above look for one from the default on,
// and two that look at the same time find the same.
test('PostgreSQL takes another port when its own is taken, and says so', async () => {
  const dataDir = join(await newFolder(), '.data');
  const port = await getPort();
  const other = createServer().listen(port, '127.0.0.1');
  cleanUps.push(async () => other.close());
  await once(other, 'listening');
  const lines: string[] = [];

  const postgres = await startEmbeddedPostgres({
    dataDir,
    port,
    settings: testSettings(),
    say: (line) => lines.push(line),
  });
  cleanUps.push(postgres.close);

  expect(lines).toContain(`Port ${port} is taken: PostgreSQL uses ${postgres.port}.`);
  const client = new pg.Client({ connectionString: postgres.connectionString });
  cleanUps.push(() => client.end());
  await client.connect();
  expect((await client.query('select 1 as answer')).rows).toEqual([{ answer: 1 }]);
});

interface Launcher {
  process: ChildProcess;
  port: number;
  output: () => string;
  exitCode: Promise<number | null>;
}

function launch(folder: string, port: number): Launcher {
  // biome-ignore lint/style/noProcessEnv: the launcher is started the way a terminal would
  const { DATABASE_URL, DB_HOST, REDIS_URL, WORKER_PORT, ...rest } = process.env;
  const env = {
    ...rest,
    ...FOR_OTHER_SERVERS,
    PORT: String(port),
    LOG_PRETTY: 'false',
    LOG_LEVEL: 'info',
    NODE_OPTIONS: '',
  };
  const launcher = spawn(process.execPath, [MAIN], { cwd: folder, env });
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exitCode = once(launcher, 'close').then(([code]) => code as number | null);
  cleanUps.push(async () => {
    launcher.kill('SIGTERM');
    await exitCode;
  });
  return { process: launcher, port, output: () => output, exitCode };
}

async function startReady(folder: string, port?: number): Promise<Launcher> {
  const launcher = launch(folder, port ?? (await getPort()));
  await eventually(() => expect(launcher.output()).toContain('Ctrl-C stops everything'), {
    timeoutMs: READY_TIMEOUT_MS,
  });
  return launcher;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'messaging start ü '));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755); // else root's data would go, and stay, outside
  return folder;
}

async function readServerPid(folder: string): Promise<number> {
  const content = await readFile(join(folder, '.data', 'postgres', 'postmaster.pid'), 'utf8');
  return Number(content.split('\n')[0]);
}

async function countContacts({ port }: Launcher): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/api/contacts?pageSize=1`);
  const { pagination } = (await response.json()) as { pagination: { total: number } };
  return pagination.total;
}

async function createContact({ port }: Launcher, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/api/commands/create-contact`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, phoneNumber: '+1 202 555 0101' }),
  });
  const { contact } = (await response.json()) as { contact: { id: number } };
  return contact.id;
}
