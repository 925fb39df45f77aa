import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Locks the folder for this process, because a second run would stop the first one's server. @throws Error if it is in
 * use
 */
export async function lockFolder(folder: string): Promise<{ release: () => Promise<void> }> {
  const file = join(folder, 'bench.pid');
  await mkdir(folder, { recursive: true });
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return { release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (isRunning(holder)) throw new Error(`A benchmark is running already (pid ${holder}).`);
    await rm(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // the process exists, but belongs to another user
  }
}
