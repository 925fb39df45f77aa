import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { atMost, type Row } from './row.ts';

const LIMIT_MB = 250;

/** The most memory the process ever had resident; where the system does not tell, what it has now. */
export async function measureMemory(pid: number): Promise<Row> {
  const peakKb = await readPeakKb(pid).catch(() => undefined);
  const kb = peakKb ?? (await readNowKb(pid));
  return {
    bench: 'memory',
    what: `API, resident memory${peakKb ? ', highest of the run' : ' at the end'}`,
    checks: [atMost(kb / 1_024, LIMIT_MB, 'MB')],
  };
}

async function readPeakKb(pid: number): Promise<number> {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'));
  if (!match) throw new Error('the system does not tell the peak');
  return Number(match[1]);
}

async function readNowKb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout);
}
