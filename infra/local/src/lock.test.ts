import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { acquireLock } from './lock.ts';
import { identityOf } from './processes.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'messaging-lock-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('is held by one process until it is released', async () => {
  const lock = await acquireLock(dataDir, 'http://localhost:3000');

  await expect(acquireLock(dataDir, 'db:seed')).rejects.toThrow(
    `Already running (pid ${process.pid}): http://localhost:3000`,
  );
  await lock.release();
  expect(await acquireLock(dataDir, 'db:seed')).toMatchObject({ wasStale: false });
});

test('does not count when its process id belongs to another process by now', async () => {
  const killed = { pid: process.ppid, identity: `not ${identityOf(process.ppid)}`, what: 'http://localhost:3000' };
  await writeFile(join(dataDir, 'lock.json'), JSON.stringify(killed));

  expect(await acquireLock(dataDir, 'db:seed')).toMatchObject({ wasStale: true });
});

test('does not count when its writer was killed half-way', async () => {
  await writeFile(join(dataDir, 'lock.json'), '{"pid":');

  expect(await acquireLock(dataDir, 'db:seed')).toMatchObject({ wasStale: true });
});
