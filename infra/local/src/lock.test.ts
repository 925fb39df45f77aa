import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  await leaveClaim({ pid: process.ppid, identity: `not ${identityOf(process.ppid)}` });

  expect(await acquireLock(dataDir, 'db:seed')).toMatchObject({ wasStale: true });
  await expect(acquireLock(dataDir, 'db:seed')).rejects.toThrow('Already running');
});

test('does not count when its process is gone, where the system does not tell processes apart', async () => {
  await leaveClaim({ pid: 2 ** 30 }); // more than any system gives

  expect(await acquireLock(dataDir, 'db:seed')).toMatchObject({ wasStale: true });
});

test('counts while its process runs, where the system does not tell processes apart', async () => {
  await leaveClaim({ pid: process.pid });

  await expect(acquireLock(dataDir, 'db:seed')).rejects.toThrow(`Already running (pid ${process.pid})`);
});

test('does not count when nothing of it can be read', async () => {
  await mkdir(join(dataDir, 'lock'));
  await writeFile(join(dataDir, 'lock', 'a.json'), '{"pid":');

  expect(await acquireLock(dataDir, 'db:seed')).toMatchObject({ wasStale: true });
});

async function leaveClaim(holder: { pid: number; identity?: string }): Promise<void> {
  await mkdir(join(dataDir, 'lock'));
  await writeFile(join(dataDir, 'lock', 'a.json'), JSON.stringify({ ...holder, what: 'db:view', holds: true }));
}
