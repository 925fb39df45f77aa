import { format, type Row } from '../row.ts';
import type { Figure } from '../stats.ts';

const HEADER = ['what', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'compared', 'target', ''];

/** All rows as a Markdown table whose columns line up, which is also what the terminal shows. */
export function toTable(rows: Row[]): string {
  const lines = rows.flatMap(toLines);
  const widths = HEADER.map((title, column) =>
    Math.max(...[HEADER, ...lines].map((line) => width(line[column] ?? title))),
  );
  const draw = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell))).join(' | ')} |`;
  const rule = `| ${widths.map((size) => '-'.repeat(size)).join(' | ')} |`;
  return [draw(HEADER), rule, ...lines.map(draw)].join('\n');
}

/** One line for each check, the first of them with the figures. */
function toLines({ bench, what, figure, value = '', checks }: Row): string[][] {
  const measured = figure
    ? [rate(figure), ...[figure.p50Ms, figure.p95Ms, figure.p99Ms, figure.maxMs].map(format)]
    : ['', '', '', '', ''];
  const failures = figure?.failures ? ` (${figure.failures} FAILED)` : '';
  const first = checks[0];
  const label = `${bench}: ${what}${failures}`.replaceAll('|', '\\|');
  return [
    [label, ...measured, first?.figure ?? value, first?.target ?? '', first?.verdict ?? ''],
    ...checks.slice(1).map((check) => ['', '', '', '', '', '', check.figure, check.target, check.verdict]),
  ];
}

function rate({ rounds, perSecond, lowestPerSecond, highestPerSecond }: Figure): string {
  if (rounds === 1) return format(perSecond);
  return `${format(perSecond)} (${format(lowestPerSecond)} to ${format(highestPerSecond)})`;
}

/** Width in terminal columns. Wide characters count as two. */
function width(text: string): number {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]|\p{Emoji_Presentation}/u.test(segment) ? 2 : 1;
  }
  return columns;
}
