import { setTimeout as wait } from 'node:timers/promises';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { createPool } from '../../connection/pool.ts';
import type { Actor, ContactLimits, Shared } from './actor.ts';
import { createMaintenance } from './maintenance.ts';
import { createRandom } from './random.ts';
import { createWriter } from './writers.ts';

/** Options of a run. The seed determines the operations of each client, but not their timing. */
export interface ConcurrencyOptions extends ContactLimits {
  seed: number;
  writers: number;
  /** Number of operations, and the maximum duration. */
  operations: number;
  longestMs: number;
  /** Ends the run early. */
  signal?: AbortSignal;
}

/** The result of a run. */
export interface ConcurrencyOutcome {
  /** Operations that were committed or rolled back, by kind. */
  operations: Record<string, number>;
  /** The first twenty unexpected errors and differences found by a check. */
  failures: string[];
  /** Counted by PostgreSQL, so that retried deadlocks are included. */
  deadlocks: number;
}

/**
 * Runs writers, refreshes, builders of segments and indexes, recounts and checks on a migrated database, all at the
 * same time. Transactions stay open while others commit. Resolves when all have ended.
 */
export async function runConcurrently(
  connectionString: string,
  { seed, writers, operations: wanted, longestMs, signal, ...limits }: ConcurrencyOptions,
): Promise<ConcurrencyOutcome> {
  const operations: Record<string, number> = {};
  const failures: string[] = [];
  const stop = new AbortController();
  signal?.addEventListener('abort', () => stop.abort(), { once: true });
  const timer = setTimeout(() => stop.abort(), longestMs);
  const config = { connectionString, poolSize: 2, statementTimeoutMs: 60_000 };
  const logger = createLogger({ level: 'silent', pretty: false }, 'concurrency');
  const shared: Shared = {
    config,
    logger,
    done: (kind) => {
      operations[kind] = (operations[kind] ?? 0) + 1;
      if (sum(operations) >= wanted) stop.abort();
    },
    async untilDone(kind, more, longestMs) {
      const count = () => (kind === 'any' ? sum(operations) : (operations[kind] ?? 0));
      const [wanted, untilMs] = [count() + more, performance.now() + longestMs];
      while (count() < wanted && performance.now() < untilMs && !stop.signal.aborted) await wait(2);
    },
    fail: (what) => void (failures.length < 20 && failures.push(what)),
    signal: stop.signal,
  };
  const pool = createPool({ ...config, poolSize: 8 }, logger, 'concurrency-maintenance');
  const actors = [
    ...Array.from({ length: writers }, (_, number) => createWriter(shared, createRandom(seed, number), limits)),
    ...createMaintenance(pool, shared, createRandom(seed, 1_000), limits),
  ];
  await Promise.all(actors.map((actor) => repeat(actor, shared)));
  await pool.end();
  clearTimeout(timer);
  return { operations, failures, deadlocks: await countDeadlocks(connectionString) };
}

const sum = (operations: Record<string, number>): number =>
  Object.values(operations).reduce((total, count) => total + count, 0);

async function repeat({ step, close }: Actor, { signal, fail }: Shared): Promise<void> {
  try {
    while (!signal.aborted) await step();
  } catch (error) {
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await close?.();
  }
}

/** Backends send their statistics when they end. */
async function countDeadlocks(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await wait(1_100); // a backend sends its statistics at most once per second
    const { rows } = await client.query(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
    return rows[0].deadlocks;
  } finally {
    await client.end();
  }
}
