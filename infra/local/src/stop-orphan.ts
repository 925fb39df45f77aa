import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf, isGoneWithin, signal } from './processes.ts';

/**
 * Stops a server that was left running on this data folder, because whoever started it was killed.
 * A process that merely was given the id of a server long gone is let alone.
 */
export async function stopOrphan(clusterDir: string, say: (line: string) => void): Promise<void> {
  const pid = await readPid(clusterDir);
  if (pid === undefined || !isServerOf(pid, clusterDir)) return;
  say(`Stopping PostgreSQL (pid ${pid}), which an earlier start left running.`);
  await stopServer(pid);
}

/** Ends a server: at once for its clients and cleanly for its data, or, if it hangs, leaving the log to be replayed. */
export async function stopServer(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await isGoneWithin(pid, 30_000)) return;
  signal(pid, 'SIGQUIT');
  if (await isGoneWithin(pid, 5_000)) return;
  signal(pid, 'SIGKILL');
}

async function readPid(clusterDir: string): Promise<number | undefined> {
  try {
    const [pid] = (await readFile(join(clusterDir, 'postmaster.pid'), 'utf8')).split('\n');
    return Number(pid);
  } catch {
    return undefined; // no server runs
  }
}

function isServerOf(pid: number, clusterDir: string): boolean {
  const command = commandOf(pid);
  return command?.includes('postgres') === true && command.includes(`-D ${clusterDir} `);
}
