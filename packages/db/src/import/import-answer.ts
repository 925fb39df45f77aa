import type { StoredBatch } from './import-batch.ts';
import type { BadLine } from './parse-line.ts';

/** The response of an import so far. */
export interface ImportAnswer {
  /** What lines came to, besides being rejected: `imported`, or `created` and so on. */
  counts: Record<string, number>;
  rejected: number;
  /** The first rejected lines. */
  errors: BadLine[];
}

const SHOWN_ERRORS = 100;

export const emptyAnswer = (outcomes: readonly string[]): ImportAnswer => ({
  counts: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])),
  rejected: 0,
  errors: [],
});

/** The answer after one more batch, and the lines that were not even given to it. */
export function addBatch(before: ImportAnswer, stored: StoredBatch, errors: BadLine[]): ImportAnswer {
  const rejected = inOrder(errors, stored.rejected);
  return {
    counts: Object.fromEntries(
      Object.entries(before.counts).map(([outcome, count]) => [outcome, count + (stored.counts[outcome] ?? 0)]),
    ),
    rejected: before.rejected + rejected.length,
    errors: [...before.errors, ...rejected.slice(0, SHOWN_ERRORS - before.errors.length)],
  };
}

/** Rejected lines in their order. */
export const inOrder = (...lines: BadLine[][]): BadLine[] => lines.flat().sort((a, b) => a.line - b.line);

/** The body of a response. */
export const toBody = ({ counts, rejected, errors }: ImportAnswer): string =>
  JSON.stringify({ ...counts, rejected, errors });

/** The answer that such a body holds. */
export function fromBody(body: string): ImportAnswer {
  const { rejected, errors, ...counts } = JSON.parse(body) as ImportAnswer & Record<string, never>;
  return { counts, rejected, errors };
}
