import type { LastRefresh, RefreshStatus } from '@messaging/db';
import { readMissingMigrations, readWorkerState, type WorkerParts, type WorkerState } from './worker-state.ts';

/** From so many failures in a row on the worker says that it is not ready; until then they may pass by themselves. */
const FAILURES_UNREADY = 3;

/** What `/readyz` shows of the last refresh. */
type ShownRefresh = Pick<LastRefresh, 'finishedAt' | 'durationMs' | 'outcome' | 'error'> &
  Pick<RefreshStatus, 'consecutiveFailures'>;

/** The answer of `/readyz`. Each check is `ok`, or says what is wrong and what to do about it. */
export interface Readiness {
  status: 'ok' | 'unavailable';
  checks: Record<'process' | 'database' | 'migrations' | 'listener' | 'queue' | 'refresh', string>;
  /** The checks that failed. */
  problems: string[];
  lastRefresh: ShownRefresh | null;
  pendingChanges: number | null;
}

/** Looks whether the worker can do its work. Never rejects; takes 1.5 s at most. */
export async function checkReadiness(parts: WorkerParts): Promise<Readiness> {
  // The migrations first, because both go over one connection and only they decide.
  const [missing, state] = await Promise.all([readMissingMigrations(parts), readWorkerState(parts)]);
  const checks = {
    process: parts.closing ? 'the worker is closing' : 'ok',
    database: missing === undefined ? 'the database does not answer' : 'ok',
    migrations: missing?.length ? `migrations are missing: ${missing.join(', ')}; run npm run db:migrate` : 'ok',
    listener: state.listenerConnected ? 'ok' : 'the listener is not connected',
    queue: state.jobCounts ? 'ok' : 'the queue does not answer',
    refresh: checkRefresh(state),
  };
  const problems = Object.values(checks).filter((check) => check !== 'ok');
  return {
    status: problems.length === 0 ? 'ok' : 'unavailable',
    checks,
    problems,
    lastRefresh: showLastRefresh(state),
    pendingChanges: state.refreshStatus?.pendingChanges ?? null,
  };
}

function checkRefresh({ refreshStatus }: WorkerState): string {
  const { consecutiveFailures = 0, lastRefresh } = refreshStatus ?? {};
  if (consecutiveFailures < FAILURES_UNREADY) return 'ok';
  return `the last ${consecutiveFailures} refreshes failed: ${lastRefresh?.error}`;
}

function showLastRefresh({ refreshStatus }: WorkerState): ShownRefresh | null {
  if (!refreshStatus?.lastRefresh) return null;
  const { finishedAt, durationMs, outcome, error } = refreshStatus.lastRefresh;
  return { finishedAt, durationMs, outcome, error, consecutiveFailures: refreshStatus.consecutiveFailures };
}
