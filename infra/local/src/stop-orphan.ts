import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf, isGoneWithin, signal } from './processes.ts';

/**
 * Stops a server that was left running on this data folder, because whoever started it was killed.
 * A process that merely was given the id of a server long gone is let alone.
 */
export async function stopOrphan(clusterDir: string, say: (line: string) => void): Promise<void> {
  const pid = await readPid(clusterDir);
  const command = pid && commandOf(pid);
  if (!pid || !command) return;
  if (!command.includes('postgres') || !command.includes(`-D ${clusterDir} `)) {
    await rm(pidFile(clusterDir)); // PostgreSQL would take the stranger for the server, and refuse to start
    return;
  }
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
    const [pid] = (await readFile(pidFile(clusterDir), 'utf8')).split('\n');
    return Number(pid);
  } catch {
    return undefined; // no server runs
  }
}

const pidFile = (clusterDir: string) => join(clusterDir, 'postmaster.pid');
