import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from '../row.ts';
import { type Machine, machineLine } from './machine.ts';
import { toTable } from './table.ts';

/** All measurements of one run. */
export interface Report {
  title: string;
  finishedAt: string;
  machine: Machine;
  /** A description of what was measured. */
  data: string;
  method: string;
  rows: Row[];
  /** Benchmarks that were measured again separately, with the time. */
  again?: Record<string, string>;
}

/** The report as text for people. */
export function toMarkdown({ title, finishedAt, machine, data, method, rows, again = {} }: Report): string {
  const verdicts = rows.flatMap(({ checks }) => checks.map(({ verdict }) => verdict));
  const met = verdicts.filter((verdict) => verdict === 'met').length;
  const summary = verdicts.length > 0 ? `${met} of ${verdicts.length} targets met.` : '';
  const lines = [`# ${title}`, '', `${finishedAt}. ${machineLine(machine)}.`, '', `${data} ${method}`, ''];
  const later = Object.entries(again).map(([bench, at]) => `${bench} ${at}`);
  if (later.length > 0) lines.push(`Measured again on their own since: ${later.join(', ')}.`, '');
  return [...lines, toTable(rows), '', summary].join('\n').trimEnd();
}

/** Replaces the stored rows of the benchmarks that were run. Ratios are within one benchmark. */
export async function updateReport(folder: string, name: string, report: Report, order: string[]): Promise<void> {
  const kept = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Report;
  const measured = [...new Set(report.rows.map(({ bench }) => bench))];
  const rows = [...kept.rows.filter(({ bench }) => !measured.includes(bench)), ...report.rows];
  const rank = ({ bench }: Row) => (order.includes(bench) ? order.indexOf(bench) : order.length);
  const again = { ...kept.again, ...Object.fromEntries(measured.map((bench) => [bench, report.finishedAt])) };
  await writeReport(folder, name, { ...kept, again, rows: rows.sort((a, b) => rank(a) - rank(b)) });
}

/** Writes `<name>.json` and `<name>.md` into the folder. */
export async function writeReport(folder: string, name: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(join(folder, `${name}.md`), `${toMarkdown(report)}\n`);
}
