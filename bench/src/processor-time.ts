import { readFile } from 'node:fs/promises';

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
