import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, machineLine } from './machine.ts';

/** The same figures for each size of the data. */
export interface GrowthReport {
  finishedAt: string;
  machine: Machine;
  columns: { messages: number; figures: Record<string, string> }[];
}

/** The report as text for people. */
export function toGrowthMarkdown({ finishedAt, machine, columns }: GrowthReport): string {
  const names = Object.keys(columns[0]?.figures ?? {});
  const rows = [
    ['', ...columns.map(({ messages }) => `${messages.toLocaleString('en-US')} messages`)],
    ...names.map((name) => [name, ...columns.map(({ figures }) => figures[name] ?? '')]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const draw = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [header = [], ...lines] = rows;
  const rule = draw(widths.map((width) => '-'.repeat(width)));
  const about = `${finishedAt}. ${machineLine(machine)}. 50 messages a contact, and a tenth as many old ones of one contact.`;
  return ['# Growth', '', about, '', draw(header), rule, ...lines.map(draw)].join('\n');
}

/** Writes `growth.json` and `growth.md` into the folder. */
export async function writeGrowth(folder: string, report: GrowthReport): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'growth.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(join(folder, 'growth.md'), `${toGrowthMarkdown(report)}\n`);
}
