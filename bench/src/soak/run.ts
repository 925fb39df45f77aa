import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { soakConcurrency } from './concurrency.ts';
import { listDifferences } from './differences.ts';
import { runAtFixedRates } from './fixed-rates.ts';
import { createReads } from './reads.ts';
import { type Sample, takeSample } from './sample.ts';
import { SOAK_CONTACTS, type System } from './system.ts';
import { toSoakTable } from './table.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { judgeLevels, listFailures } from './verdict.ts';
import { createWrites } from './writes.ts';

const SAMPLE_INTERVAL_MS = 10_000;

/**
 * Puts the system under load until the time is over, or `signal` is aborted, and prints the samples. Returns the
 * reasons why the soak is not passed.
 */
export async function runSoak(
  system: System,
  { minutes, signal, say }: { minutes: number; signal: AbortSignal; say: (line: string) => void },
): Promise<string[]> {
  const traffic = createTraffic(system.api.origin);
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), minutes * 60_000); // AbortSignal.timeout() is lost inside any(), in Node.js 20
  const over = AbortSignal.any([signal, time.signal]);
  let number = 0;
  const nextContact = () => {
    number = (number + 797) % SOAK_CONTACTS; // a prime: contacts in no order
    return number + 1;
  };
  const operations = [...createReads(traffic, nextContact), ...createWrites(traffic, nextContact)];
  setMaxListeners(operations.length + 10, over); // each waits for it
  const [{ leftOut }, samples, concurrencyFailures] = await Promise.all([
    runAtFixedRates(operations, { signal: over, fail: traffic.fail }),
    takeSamples(system, traffic, { signal: over, say }),
    soakConcurrency(system.concurrencyConnectionString, { minutes, signal: over, say }),
  ]);
  clearTimeout(timer);
  say(`\n${toSoakTable(samples, judgeLevels(samples))}`);
  const answers = samples.reduce((sum, sample) => sum + (sample.answersPerSecond * SAMPLE_INTERVAL_MS) / 1_000, 0);
  say(
    `Some ${Math.round(answers).toLocaleString('en-US')} answers, ${traffic.errors.count} errors; ${leftOut} left out.`,
  );
  const differences = await listDifferences(system.connectionString);
  return [...listFailures(samples, traffic.errors), ...differences, ...concurrencyFailures];
}

/** A sample that cannot be taken is an error like any other. */
async function takeSamples(
  { api, worker, db, isServerHere }: System,
  traffic: Traffic,
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const sampled = { db, pids: { api: api.pid, worker: worker.pid }, isServerHere, traffic };
  const startedMs = performance.now();
  for (let lastMs = startedMs; ; ) {
    await wait(SAMPLE_INTERVAL_MS, undefined, { signal }).catch(() => {}); // the end
    if (signal.aborted) return samples;
    const nowMs = performance.now();
    const times = { seconds: Math.round((nowMs - startedMs) / 1_000), sinceLastS: (nowMs - lastMs) / 1_000 };
    lastMs = nowMs;
    try {
      const sample = await takeSample(sampled, times);
      samples.push(sample);
      say(`  ${progressOf(sample)}`);
    } catch (error) {
      traffic.fail(error);
    }
  }
}

function progressOf({ seconds, apiMb, workerMb, viewKb, pendingChanges, errors, answersPerSecond }: Sample): string {
  const memory = `API ${Math.round(apiMb)} MB, worker ${Math.round(workerMb)} MB`;
  return `${seconds} s: ${memory}, view ${viewKb} KB, ${pendingChanges} pending, ${Math.round(answersPerSecond)} answers/s, ${errors} errors`;
}
