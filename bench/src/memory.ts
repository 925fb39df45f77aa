import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { atMost, type Row } from './row.ts';

const LIMIT_MB = 250;
const KB_IN_MB = 1_024;

/** The peak resident memory of the process, besides its limit. */
export async function measureMemory(pid: number): Promise<Row> {
  return {
    bench: 'memory',
    what: 'API, resident memory, highest of the run',
    checks: [atMost(await readPeakMb(pid), LIMIT_MB, 'MB')],
  };
}

/** The peak resident memory of the process, or the current one if the system does not report the peak. */
export async function readPeakMb(pid: number): Promise<number> {
  return (await readStatusMb(pid, 'VmHWM')) ?? (await readResidentMb(pid));
}

/** The current resident memory of the process. @throws if there is no such process */
export async function readResidentMb(pid: number): Promise<number> {
  const resident = await readStatusMb(pid, 'VmRSS');
  if (resident !== undefined) return resident;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / KB_IN_MB;
}

/** Linux' data of a process; undefined on other systems. */
export async function readStatusMb(pid: number, field: 'VmHWM' | 'VmRSS' | 'RssAnon'): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status);
  return match ? Number(match[1]) / KB_IN_MB : undefined;
}
