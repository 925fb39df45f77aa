import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from '../row.ts';
import { type Machine, machineLine } from './machine.ts';
import { toTable } from './table.ts';

/** Everything one run measured. */
export interface Report {
  title: string;
  finishedAt: string;
  machine: Machine;
  /** What was measured, in words. */
  data: string;
  method: string;
  rows: Row[];
}

/** The report as text for people. */
export function toMarkdown({ title, finishedAt, machine, data, method, rows }: Report): string {
  const verdicts = rows.flatMap(({ checks }) => checks.map(({ verdict }) => verdict));
  const met = verdicts.filter((verdict) => verdict === 'met').length;
  const summary = verdicts.length > 0 ? `${met} of ${verdicts.length} targets met.` : '';
  const lines = [`# ${title}`, '', `${finishedAt}. ${machineLine(machine)}.`, '', `${data} ${method}`, ''];
  return [...lines, toTable(rows), '', summary].join('\n').trimEnd();
}

/** Writes `<name>.json` and `<name>.md` into the folder. */
export async function writeReport(folder: string, name: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(join(folder, `${name}.md`), `${toMarkdown(report)}\n`);
}
