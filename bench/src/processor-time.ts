import { readdir, readFile } from 'node:fs/promises';
import type { Queryable } from '@messaging/db';

/** The sum of the processor time of the processes so far; NaN if the system does not report it. */
export async function readProcessorMs(pids: number[]): Promise<number> {
  const times = await Promise.all(pids.map(readOne));
  return times.reduce((sum, timeMs) => sum + timeMs, 0);
}

async function readOne(pid: number): Promise<number> {
  // Only Linux reports it, in nanoseconds. It is steadier than any rate if other programs share the machine.
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  return Number(text.split(' ')[0] || Number.NaN) / 1_000_000;
}

/** The same of a PostgreSQL server on this machine, with all of its processes, ended ones included. To 10 ms. */
export async function readServerMs(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ pid: string }>(
    "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid",
  );
  const postmaster = Number(rows[0]?.pid);
  let ticks = 0;
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''); // it may have ended
    // After the name of the program, which may contain anything: the state, the parent, and from the 12th on the times.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [own, ofEnded] = [(fields[11] ?? 0) + (fields[12] ?? 0), (fields[13] ?? 0) + (fields[14] ?? 0)];
    if (Number(name) === postmaster) ticks += own + ofEnded;
    else if (fields[1] === postmaster) ticks += own;
  }
  return ticks * TICK_MS;
}

/** Linux counts in ticks of 10 ms on every platform that Node.js runs on. */
const TICK_MS = 10;
