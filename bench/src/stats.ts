/** The measurements of one round. */
export interface Sample {
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Unexpected responses. */
  failures: number;
}

/** Medians over the rounds, and the range of the rates. */
export interface Figure extends Sample {
  rounds: number;
  lowestPerSecond: number;
  highestPerSecond: number;
}

/** Summarises durations that were measured within `elapsedMs`. */
export function toSample(durationsMs: number[], elapsedMs: number, failures = 0): Sample {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return {
    perSecond: (durationsMs.length * 1_000) / elapsedMs,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
    failures,
  };
}

/** The medians of several rounds; failures are added up. */
export function toFigure(samples: Sample[]): Figure {
  const medianOf = (pick: (sample: Sample) => number) => median(samples.map(pick));
  const rates = samples.map(({ perSecond }) => perSecond);
  return {
    perSecond: medianOf(({ perSecond }) => perSecond),
    p50Ms: medianOf(({ p50Ms }) => p50Ms),
    p95Ms: medianOf(({ p95Ms }) => p95Ms),
    p99Ms: medianOf(({ p99Ms }) => p99Ms),
    maxMs: Math.max(...samples.map(({ maxMs }) => maxMs)),
    failures: samples.reduce((sum, { failures }) => sum + failures, 0),
    rounds: samples.length,
    lowestPerSecond: Math.min(...rates),
    highestPerSecond: Math.max(...rates),
  };
}

/** The middle value; for two, their mean. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The smallest value that at least `share` of the sorted values do not exceed. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
