import type { Bench } from '../context.ts';
import { get } from '../http/load.ts';
import { atMost, format, type Row } from '../row.ts';
import { median, toFigure, toSample } from '../stats.ts';
import { collectTerms, type TermClass } from './search-terms.ts';
import { startUsual } from './usual-process.ts';
import { withClient } from './with-client.ts';

const WORST_SHOWN = 8;

export interface Timing {
  term: string;
  className: string;
  durationsMs: number[];
  total: string;
}

/**
 * Every class of terms with one client. The usual design searches last messages only, and is measured with one term of
 * each class.
 */
export async function benchSearch(bench: Bench): Promise<Row[]> {
  const classes = await withClient(bench.data.connectionString, collectTerms);
  const usual = await startUsual(bench);
  const ours = classes.flatMap(({ name, terms }) => terms.map((term) => toTiming(name, term)));
  const theirs = classes.map(({ name, terms }) => toTiming(name, terms[0] ?? ''));
  const rounds = bench.options.isQuick ? 2 : 10;
  try {
    for (let round = 0; round <= rounds; round++) {
      const keep = round > 0; // the first round reads from disk, the others from memory
      for (const timing of ours) await ask(bench.api.origin, timing, keep);
      if (round % 3 === 1) for (const timing of theirs) await ask(usual.origin, timing, keep);
    }
  } finally {
    await usual.close();
  }
  const rows = classes.map((termClass) => toRow(termClass, ours));
  return [...rows, usualRow(theirs), ...worst(ours)];
}

export const toTiming = (className: string, term: string): Timing => ({ className, term, durationsMs: [], total: '' });

/** Searches for the term of a timing, and keeps the duration in it. */
export async function ask(origin: string, timing: Timing, keep: boolean, list = '/api/conversations?'): Promise<void> {
  const path = `${list}searchValue=${encodeURIComponent(timing.term)}`;
  const { body, durationMs } = await get(origin, path);
  if (keep) timing.durationsMs.push(durationMs);
  else timing.total = totalOf(body);
}

function totalOf(body: string): string {
  const { pagination } = JSON.parse(body) as { pagination: { total: number; totalIsExact?: boolean } };
  return `${pagination.total.toLocaleString('en-US')}${pagination.totalIsExact === false ? ' or more' : ''}`;
}

function toRow({ name, limitMs, terms }: TermClass, all: Timing[]): Row {
  const figure = summarise(all.filter(({ className }) => className === name));
  return {
    bench: 'search',
    what: `one client, ${terms.length} terms: ${name}`,
    figure,
    checks: [atMost(figure.p95Ms, limitMs, 'ms p95')],
  };
}

function usualRow(timings: Timing[]): Row {
  const what = `usual design (last messages only), ${timings.length} terms`;
  return { bench: 'search', what, figure: summarise(timings), checks: [] };
}

export function summarise(timings: Timing[]) {
  const durationsMs = timings.flatMap((timing) => timing.durationsMs);
  return toFigure([
    toSample(
      durationsMs,
      durationsMs.reduce((sum, ms) => sum + ms, 0),
    ),
  ]);
}

function worst(timings: Timing[]): Row[] {
  return timings
    .toSorted((a, b) => median(b.durationsMs) - median(a.durationsMs))
    .slice(0, WORST_SHOWN)
    .map(({ term, className, durationsMs, total }) => ({
      bench: 'search',
      what: `slow term \`${term}\` (${className})`,
      value: `median ${format(median(durationsMs))} ms, ${total} found`,
      checks: [],
    }));
}
