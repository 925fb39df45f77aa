import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { atMost, type Row } from './row.ts';

const LIMIT_MB = 250;
const KB_IN_MB = 1_024;

/** The most memory the process ever had resident, beside its limit. */
export async function measureMemory(pid: number): Promise<Row> {
  return {
    bench: 'memory',
    what: 'API, resident memory, highest of the run',
    checks: [atMost(await readPeakMb(pid), LIMIT_MB, 'MB')],
  };
}

/** The most memory the process ever had resident; where the system does not tell, what it has now. */
export async function readPeakMb(pid: number): Promise<number> {
  return (await readStatusMb(pid, 'VmHWM')) ?? (await readResidentMb(pid));
}

/** The memory the process has resident now. @throws when there is no such process */
export async function readResidentMb(pid: number): Promise<number> {
  const resident = await readStatusMb(pid, 'VmRSS');
  if (resident !== undefined) return resident;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / KB_IN_MB;
}

/** What Linux tells of a process; undefined elsewhere. */
export async function readStatusMb(pid: number, field: 'VmHWM' | 'VmRSS' | 'RssAnon'): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status);
  return match ? Number(match[1]) / KB_IN_MB : undefined;
}
