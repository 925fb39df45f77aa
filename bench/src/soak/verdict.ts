import { format } from '../row.ts';
import type { Sample } from './sample.ts';

/**
 * Figures that must not grow indefinitely. The slack covers normal variation of a heap, or of a table between two
 * vacuums.
 */
const LEVELS: { field: keyof Sample; what: string; slack: number }[] = [
  { field: 'apiMb', what: 'memory of the API, MB', slack: 20 }, // of which its pages in memory are 16
  { field: 'workerMb', what: 'memory of the worker, MB', slack: 30 }, // its collections come two minutes apart
  { field: 'postgresMb', what: 'memory of PostgreSQL, MB', slack: 20 },
  { field: 'viewKb', what: 'view, KB', slack: 256 },
  { field: 'viewIndexesKb', what: 'indexes of the view, KB', slack: 256 },
  { field: 'changesKb', what: 'pending changes, KB', slack: 256 },
  { field: 'segmentsPerMessage', what: 'segments per message', slack: 0.02 },
];

const MOST_GROWTH = 1.1;

/** True if one figure has levelled off. */
export interface Level {
  what: string;
  middle: number;
  last: number;
  limit: number;
  isLevel: boolean;
}

/**
 * Compares the lowest sample of the last third with that of the middle third, so that memory which a garbage collection
 * or a vacuum frees does not count as growth. A tenth more plus a small constant is allowed. The first third is the
 * warm-up. Figures that could not be measured are left out.
 */
export function judgeLevels(samples: Sample[]): Level[] {
  const third = Math.floor(samples.length / 3);
  const middles = samples.slice(-2 * third, -third);
  const lasts = samples.slice(-third);
  return LEVELS.map(({ field, what, slack }) => {
    const [middle, last] = [middles, lasts].map((some) => Math.min(...some.map((sample) => sample[field])));
    return toLevel(what, middle ?? Number.NaN, last ?? Number.NaN, slack);
  }).filter(({ middle, last }) => !Number.isNaN(middle + last));
}

function toLevel(what: string, middle: number, last: number, slack: number): Level {
  const limit = middle * MOST_GROWTH + slack;
  return { what, middle, last, limit, isLevel: last <= limit };
}

/** The reasons why a soak is not passed, as readable text; empty if it is passed. */
export function listFailures(samples: Sample[], errors: { count: number; first: string[] }): string[] {
  const levels = judgeLevels(samples);
  const failedRefreshes = samples.at(-1)?.failedRefreshes ?? 0;
  return [
    ...(samples.length < 6 ? [`there are only ${samples.length} samples`] : []),
    ...(errors.count > 0
      ? [`${errors.count} errors, of which the first are:\n    ${errors.first.join('\n    ')}`]
      : []),
    ...(failedRefreshes > 0 ? [`${failedRefreshes} refreshes failed`] : []),
    ...levels
      .filter(({ isLevel }) => !isLevel)
      .map(
        ({ what, middle, last, limit }) =>
          `${what} has not levelled off: ${format(middle)}, then ${format(last)}, above ${format(limit)}`,
      ),
  ];
}
