import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { identityOf, isRunning } from './processes.ts';

/** Who uses a data folder: a process, and what it does there in words. */
export interface Holder {
  pid: number;
  /** Tells the process from a later one with the same id; undefined where the system does not say. */
  identity: string | undefined;
  what: string;
}

export interface Lock {
  /** An earlier holder was killed: what it started may still be about to stop. */
  wasStale: boolean;
  release: () => Promise<void>;
}

/** The folder is in use; `holder` tells by whom. */
export class InUseError extends Error {
  override readonly name = 'InUseError';
  readonly holder: Holder;

  constructor(holder: Holder) {
    super(`Already running (pid ${holder.pid}): ${holder.what}`);
    this.holder = holder;
  }
}

/** A file of its own for each process that wants the folder, so that nobody ever deletes the one of another that lives. */
interface Claim extends Holder {
  /** Its process was alone when it looked, and has the folder. */
  holds: boolean;
}

const LOOK_AGAIN_MS = 20;

/**
 * Claims `dataDir` for this process; a claim whose process is gone does not count. Of two that claim it at once at most
 * one gets it: both first write their claims, then look for others, so that the later one to write sees the earlier.
 * @throws InUseError
 */
export async function acquireLock(dataDir: string, what: string): Promise<Lock> {
  const folder = join(dataDir, 'lock');
  const name = `${randomUUID()}.json`;
  const claim: Claim = { pid: process.pid, identity: identityOf(process.pid), what, holds: false };
  const release = () => rm(join(folder, name), { force: true });
  await mkdir(folder, { recursive: true });
  try {
    await writeClaim(folder, name, claim);
    const stale = await untilAlone(folder, name);
    await writeClaim(folder, name, { ...claim, holds: true });
    await Promise.all(stale.map((file) => rm(join(folder, file), { force: true })));
    return { wasStale: stale.length > 0, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Resolves to the files of claims that do not count. Of several that only want the folder, the first by name waits. */
async function untilAlone(folder: string, own: string): Promise<string[]> {
  for (;;) {
    const stale: string[] = [];
    let others = 0;
    for (const name of await readdir(folder)) {
      if (name === own || !name.endsWith('.json')) continue;
      const claim = await readClaim(join(folder, name));
      if (claim === 'gone') continue;
      if (claim === undefined || !isRunning(claim)) stale.push(name);
      else if (claim.holds || name < own) throw new InUseError(claim);
      else others += 1;
    }
    if (others === 0) return stale;
    await wait(LOOK_AGAIN_MS);
  }
}

/** Whole or not at all, whenever this process is killed. */
async function writeClaim(folder: string, name: string, claim: Claim): Promise<void> {
  const draft = join(folder, `${name}.new`);
  await writeFile(draft, JSON.stringify(claim));
  await rename(draft, join(folder, name));
}

/** Undefined for what no process of ours has written. */
async function readClaim(file: string): Promise<Claim | 'gone' | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Claim;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}
