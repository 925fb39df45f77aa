import { format } from '../row.ts';
import type { Sample } from './sample.ts';
import type { Level } from './verdict.ts';

const COLUMNS: [title: string, field: keyof Sample][] = [
  ['s', 'seconds'],
  ['API MB', 'apiMb'],
  ['worker MB', 'workerMb'],
  ['server MB', 'postgresMb'],
  ['view KB', 'viewKb'],
  ['indexes KB', 'viewIndexesKb'],
  ['changes KB', 'changesKb'],
  ['segments/message', 'segmentsPerMessage'],
  ['dead rows', 'deadRows'],
  ['pending', 'pendingChanges'],
  ['view age s', 'viewAgeS'],
  ['errors', 'errors'],
  ['answers/s', 'answersPerSecond'],
  ['list p99', 'listP99Ms'],
  ['thread p99', 'threadP99Ms'],
  ['search p99', 'searchP99Ms'],
  ['write p99', 'writeP99Ms'],
  ['import p99', 'importP99Ms'],
];

/** The samples as a table, followed by each figure of the middle and the last third. */
export function toSoakTable(samples: Sample[], levels: Level[]): string {
  const lines = samples.map((sample) => COLUMNS.map(([, field]) => formatCell(sample[field])));
  const widths = COLUMNS.map(([title], column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const draw = (cells: string[]) => cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ');
  const summary = levels.map(
    ({ what, middle, last, limit, isLevel }) =>
      `${isLevel ? 'level ' : 'GROWS '} ${what}: ${format(middle)}, then ${format(last)} (at most ${format(limit)})`,
  );
  return [draw(COLUMNS.map(([title]) => title)), ...lines.map(draw), '', ...summary].join('\n');
}

/** Whole numbers stay whole: a count of errors has no decimals. */
function formatCell(value: number): string {
  if (Number.isNaN(value)) return '-';
  return Number.isInteger(value) ? String(value) : format(value);
}
