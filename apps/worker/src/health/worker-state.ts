import {
  getLastCheck,
  getRefreshStatus,
  type LastCheck,
  listMissingMigrations,
  type Pool,
  type RefreshStatus,
} from '@messaging/db';
import { waitAtMost } from '@messaging/shared';

/** What the worker is made of, as far as it has been started. */
export interface WorkerParts {
  /** For looking whether the database answers: no load keeps it waiting. */
  probes: Pool;
  queue?: { countJobs: () => Promise<Record<string, number> | undefined> };
  listener?: { isConnected: () => boolean };
  closing: boolean;
}

/** How the worker is at one moment; undefined where what should tell does not answer. */
export interface WorkerState {
  listenerConnected: boolean;
  jobCounts: Record<string, number> | undefined;
  refreshStatus: RefreshStatus | undefined;
  /** Undefined also where nobody has run `db:check` yet. */
  lastCheck: LastCheck | undefined;
}

const ANSWER_TIMEOUT_MS = 1_500;

/** Asks database and queue at once, and answers within 1.5 s whether they do or not. */
export async function readWorkerState({ probes, queue, listener }: WorkerParts): Promise<WorkerState> {
  const [refreshStatus, lastCheck, jobCounts] = await Promise.all([
    waitAtMost(ANSWER_TIMEOUT_MS, getRefreshStatus(probes), undefined),
    waitAtMost(ANSWER_TIMEOUT_MS, getLastCheck(probes), undefined),
    queue?.countJobs(),
  ]);
  return { listenerConnected: listener?.isConnected() ?? false, jobCounts, refreshStatus, lastCheck };
}

/** Names of missing migrations; undefined when the database does not answer within 1.5 s. */
export function readMissingMigrations({ probes }: WorkerParts): Promise<string[] | undefined> {
  return waitAtMost(ANSWER_TIMEOUT_MS, listMissingMigrations(probes), undefined);
}
