import { type Sample, toSample } from './stats.ts';

/** Repeats `work` on `workers` concurrent workers for `seconds`. An exception counts as a failure. */
export async function measureLoop(
  { workers, seconds }: { workers: number; seconds: number },
  work: (worker: number) => Promise<unknown>,
): Promise<Sample> {
  const durationsMs: number[] = [];
  let failures = 0;
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1_000;
  const loop = async (worker: number): Promise<void> => {
    for (let nowMs = performance.now(); nowMs < endMs; ) {
      await work(worker).catch(() => {
        failures += 1;
      });
      const doneMs = performance.now();
      durationsMs.push(doneMs - nowMs);
      nowMs = doneMs;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => loop(worker)));
  return toSample(durationsMs, performance.now() - startedMs, failures);
}
