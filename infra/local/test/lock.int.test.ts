import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';

const ROUNDS = 50;
const CLAIMANTS = 3;
/** Claims each folder that it reads, says whether it got it, and keeps it. */
const CLAIMANT = `
  const { createInterface } = await import('node:readline');
  const { acquireLock } = await import(process.argv[1]);
  for await (const folder of createInterface(process.stdin)) {
    await acquireLock(folder, 'a claimant').then(
      ({ wasStale }) => console.log(wasStale ? 'got it' : 'got it as if it were new'),
      (error) => console.log(error.name),
    );
  }`;

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

test('of processes that claim a folder at once, after one that was killed, exactly one gets it', async () => {
  const claimants = Array.from({ length: CLAIMANTS }, startClaimant);
  const root = await mkdtemp(join(tmpdir(), 'messaging-lock-'));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const folder = join(root, String(round));
      await leaveStaleClaim(folder);
      const answers = await Promise.all(claimants.map((claim) => claim(folder)));
      expect(answers.sort()).toEqual([...Array(CLAIMANTS - 1).fill('InUseError'), 'got it']);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

function startClaimant(): (folder: string) => Promise<string> {
  const module = new URL('../dist/lock.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', CLAIMANT, module], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async (folder) => {
    child.stdin.write(`${folder}\n`);
    return (await lines.next()).value;
  };
}

async function leaveStaleClaim(folder: string): Promise<void> {
  const killed = { pid: process.pid, identity: 'of an earlier process', what: 'a killed claimant', holds: true };
  await mkdir(join(folder, 'lock'), { recursive: true });
  await writeFile(join(folder, 'lock', 'a.json'), JSON.stringify(killed));
}
