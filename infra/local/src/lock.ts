import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf } from './processes.ts';

/** Who uses a data folder: a process, and what it does there in words. */
export interface Holder {
  pid: number;
  /** Tells the process from a later one with the same id. */
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

/** Claims `dataDir` for this process; a lock whose process is gone does not count. @throws InUseError */
export async function acquireLock(dataDir: string, what: string): Promise<Lock> {
  const file = join(dataDir, 'lock.json');
  const holder: Holder = { pid: process.pid, identity: identityOf(process.pid), what };
  await mkdir(dataDir, { recursive: true });
  for (let wasStale = false; ; wasStale = true) {
    try {
      await writeFile(file, JSON.stringify(holder), { flag: 'wx' });
      return { wasStale, release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const other = await readHolder(file);
    if (other && identityOf(other.pid) === other.identity) throw new InUseError(other);
    await rm(file, { force: true });
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined; // gone meanwhile, or its writer was killed half-way
  }
}
