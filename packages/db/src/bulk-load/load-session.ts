import type pg from 'pg';
import { cancelOnAbort } from '../connection/cancel.ts';
import { connectClient } from '../connection/session-settings.ts';
import { many } from '../connection/sql.ts';
import type { LoadProgress } from './progress.ts';

/** The duration of one step of a load. */
export interface PhaseDuration {
  name: string;
  durationMs: number;
}

/** A connection with the operations of a bulk load. */
export interface LoadSession {
  client: pg.Client;
  signal: AbortSignal;
  progress: LoadProgress;
  phases: PhaseDuration[];
  /** Runs one statement, unless the load was cancelled. */
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
 * Connects, runs `work`, and closes the connection. Closing rolls back uncommitted work. An aborted signal also cancels
 * the running statement.
 */
export async function withLoadSession<Result>(
  connectionString: string,
  applicationName: string,
  { progress, signal }: { progress: LoadProgress; signal: AbortSignal },
  work: (session: LoadSession) => Promise<Result>,
): Promise<Result> {
  const options = { connectionString, application_name: applicationName, keepAlive: true };
  const client = await connectClient(options, SETTINGS);
  try {
    // Makes the server notice that this process was killed during a long statement. Not every platform supports it.
    await client.query("set client_connection_check_interval = '1s'").catch(() => {});
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

function createSession(client: pg.Client, progress: LoadProgress, signal: AbortSignal): LoadSession {
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
