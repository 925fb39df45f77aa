import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import getPort from 'get-port';
import pg from 'pg';
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { testSettings } from '../src/postgres-settings.ts';
import { identityOf } from '../src/processes.ts';
import { readTestPostgres } from '../src/testing/test-postgres.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
const major = readTestPostgres();
const isRoot = process.getuid?.() === 0;

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('is a database whose trigrams know letters of every script', async () => {
  const { connectionString } = await start(await newDataDir());

  const sql = `create extension pg_trgm; select cardinality(show_trgm('日本語')) as trigrams`;
  const [row] = await query(connectionString, sql);

  expect(row?.trigrams).toBeGreaterThan(0);
});

test('keeps its data and its port over a restart', async () => {
  const dataDir = await newDataDir();
  const first = await start(dataDir, { port: await getPort() });
  await query(first.connectionString, 'create table kept as select 1 as id');
  await first.close();

  const second = await startEmbeddedPostgres({ dataDir, major, settings: testSettings(), say: () => {} });
  cleanUps.push(second.close);

  expect(second.connectionString).toBe(first.connectionString);
  expect(await query(second.connectionString, 'select id from kept')).toEqual([{ id: 1 }]);
});

test('does not let in who has not got the password', async () => {
  const { connectionString } = await start(await newDataDir());
  const url = new URL(connectionString);
  url.password = 'wrong';

  await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
});

test('replaces a server that was left running when its starter was killed', async () => {
  const dataDir = await newDataDir();
  const orphan = await leaveOrphan(dataDir);
  const lines: string[] = [];

  const postgres = await start(dataDir, { say: (line) => lines.push(line) });

  expect(lines).toEqual([`Stopping PostgreSQL (pid ${orphan}), which an earlier start left running.`]);
  expect(identityOf(orphan)).toBeUndefined();
  expect(await query(postgres.connectionString, 'select id from kept')).toEqual([{ id: 1 }]);
});

test('lets a stranger alone that was given the id of a server long gone', async () => {
  const dataDir = await newDataDir();
  const first = await start(dataDir);
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8');
  await first.close();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  cleanUps.push(async () => stranger.kill());
  await writeFile(pidFile, content.replace(/^\d+/, String(stranger.pid)));
  const { uid, gid } = await stat(dirname(pidFile));
  await chown(pidFile, uid, gid);

  const second = await start(dataDir);

  expect(await query(second.connectionString, 'select 1 as answer')).toEqual([{ answer: 1 }]);
  expect(stranger.signalCode).toBeNull();
});

if (isRoot) {
  test('keeps its data elsewhere when root starts it in a folder that only root can enter, and finds it again', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'messaging-closed-'));
    cleanUps.push(() => rm(closed, { recursive: true, force: true }));
    await chmod(closed, 0o700);
    const dataDir = join(closed, '.data');
    const first = await start(dataDir);
    const outside = dirname(await readlink(join(dataDir, 'postgres')));
    cleanUps.unshift(() => rm(outside, { recursive: true, force: true }));
    await query(first.connectionString, 'create table kept as select 1 as id');
    await first.close();

    const second = await start(dataDir);

    expect(outside).toMatch(/^\/var\/lib\/messaging-backend-/);
    expect(await query(second.connectionString, 'select id from kept')).toEqual([{ id: 1 }]);
  });
}

async function newDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'messaging-embedded-'));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}) {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    major,
    port: 0,
    settings: testSettings(),
    say: () => {},
    ...options,
  });
  cleanUps.push(postgres.close);
  return postgres;
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const results = [await client.query(sql)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** Has another process start a server with a table in it and then be killed; returns the server's process id. */
async function leaveOrphan(dataDir: string): Promise<number> {
  const script = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const say = () => {};
    const [dataDir, major] = process.argv.slice(2);
    const { connectionString } = await startEmbeddedPostgres({ dataDir, major, port: 0, settings: {}, say });
    console.log(connectionString);`;
  const module = new URL('../dist/embedded-postgres.js', import.meta.url).href;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script, module, dataDir, major]);
  const [connectionString] = await once(starter.stdout, 'data');
  await query(String(connectionString).trim(), 'create table kept as select 1 as id');
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  return Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}
