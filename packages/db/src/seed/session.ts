import type pg from 'pg';
import { SEED_LOCK } from '../connection/advisory-locks.ts';
import { cancelOnAbort } from '../connection/cancel.ts';
import { connectClient } from '../connection/session-settings.ts';
import { many, one } from '../connection/sql.ts';
import { SeedInProgressError } from './errors.ts';
import type { SeedProgress } from './progress.ts';

/** The duration of one step of a seed. */
export interface PhaseDuration {
  name: string;
  durationMs: number;
}

/** A connection with the operations of a seed. */
export interface SeedSession {
  client: pg.Client;
  signal: AbortSignal;
  progress: SeedProgress;
  phases: PhaseDuration[];
  /** Runs one statement, unless the seed was cancelled. */
  run: (sql: string) => Promise<void>;
  /** Runs and times one step, and reports its progress. */
  phase: (name: string, work: () => Promise<void>, totalRows?: number) => Promise<void>;
}

const SETTINGS = {
  timezone: 'UTC',
  datestyle: 'ISO',
  statement_timeout: 0,
  lock_timeout: 0,
  transaction_timeout: 0,
  idle_session_timeout: 0,
  // Statements follow each other at once. A process that is stopped between two must not lock readers out indefinitely.
  idle_in_transaction_session_timeout: '60s',
  client_min_messages: 'warning',
  maintenance_work_mem: '512MB',
  max_parallel_maintenance_workers: 4,
};

/**
 * Connects, takes the lock that only one seed can hold, runs `work`, and closes the connection. Closing rolls back
 * uncommitted work. An aborted signal also cancels the running statement.
 * @throws SeedInProgressError
 */
export async function withSeedSession<Result>(
  connectionString: string,
  progress: SeedProgress,
  signal: AbortSignal,
  work: (session: SeedSession) => Promise<Result>,
): Promise<Result> {
  const client = await connectClient(
    { connectionString, application_name: 'messaging-seed', keepAlive: true },
    SETTINGS,
  );
  try {
    // Makes the server notice that this process was killed during a long statement. Not every platform supports it.
    await client.query("set client_connection_check_interval = '1s'").catch(() => {});
    await takeLock(client, signal);
    // `run` refuses the next statement, so that none starts after the cancellation.
    const stopCancelling = cancelOnAbort(client, { connectionString }, signal);
    try {
      return await work(createSession(client, progress, signal));
    } finally {
      await stopCancelling();
    }
  } finally {
    await client.end().catch(() => {}); // it may already be closed
  }
}

function createSession(client: pg.Client, progress: SeedProgress, signal: AbortSignal): SeedSession {
  const phases: PhaseDuration[] = [];
  return {
    client,
    signal,
    progress,
    phases,
    async run(sql) {
      signal.throwIfAborted();
      await many(client, sql);
    },
    async phase(name, work, totalRows) {
      signal.throwIfAborted();
      const beganAtMs = performance.now();
      progress.begin(name, totalRows);
      await work();
      const durationMs = Math.round(performance.now() - beganAtMs);
      phases.push({ name, durationMs });
      progress.end(durationMs);
    },
  };
}

/** Waits a few seconds, because the server needs a moment to notice that the last seed was killed. */
async function takeLock(client: pg.Client, signal: AbortSignal): Promise<void> {
  const deadlineMs = Date.now() + 3_000;
  for (;;) {
    signal.throwIfAborted();
    const { taken } = await one<{ taken: boolean }>(client, `select pg_try_advisory_lock(${SEED_LOCK}) as taken`);
    if (taken) return;
    if (Date.now() > deadlineMs) throw new SeedInProgressError();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
