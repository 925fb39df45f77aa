import { createMetrics, type Metrics } from '@messaging/shared';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { WorkerState } from './worker-state.ts';

/** What the worker counts as it happens. What is looked up at a scrape is set by `createWorkerMetrics` itself. */
export interface RefreshMetrics {
  refreshed: (durationMs: number, messagesSegmented: number) => void;
  skipped: () => void;
  failed: () => void;
}

/**
 * The worker's metrics, described in docs/operations.md. What cannot be looked up now is left out of the answer, and
 * `messaging_database_up` or `messaging_queue_up` says why.
 */
export function createWorkerMetrics(readState: () => Promise<WorkerState>): Metrics & { refresh: RefreshMetrics } {
  const metrics = createMetrics(async () => observe(await readState()));
  const registers = [metrics.registry];
  const refresh = countRefreshes(registers);
  const observe = observeState(registers);
  return { ...metrics, refresh };
}

function countRefreshes(registers: Registry[]): RefreshMetrics {
  const duration = new Histogram({
    name: 'messaging_refresh_duration_seconds',
    help: 'Time that refreshes of the view took which succeeded',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers,
  });
  const refreshes = new Counter({
    name: 'messaging_refreshes_total',
    help: 'Refreshes that this process began, by outcome; skipped where another process was refreshing',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['refreshed', 'skipped', 'failed']) refreshes.inc({ outcome }, 0);
  const segmented = new Counter({
    name: 'messaging_messages_segmented_total',
    help: 'Messages that refreshes of this process wrote into search segments, those of merged segments again',
    registers,
  });
  return {
    refreshed(durationMs, messagesSegmented) {
      refreshes.inc({ outcome: 'refreshed' });
      duration.observe(durationMs / 1_000);
      segmented.inc(messagesSegmented);
    },
    skipped: () => refreshes.inc({ outcome: 'skipped' }),
    failed: () => refreshes.inc({ outcome: 'failed' }),
  };
}

function observeState(registers: Registry[]): (state: WorkerState) => void {
  const gauge = (name: string, help: string) => new Gauge({ name: `messaging_${name}`, help, registers });
  const databaseUp = gauge('database_up', '1 when the database answered');
  const queueUp = gauge('queue_up', '1 when the queue answered');
  const listening = gauge('listener_connected', '1 while notifications are heard');
  const age = gauge('view_age_seconds', 'Time since the last refresh of the view, by any process, that succeeded');
  const pending = gauge('pending_changes', 'Conversations that the view does not show as they are');
  const failures = gauge('refresh_consecutive_failures', 'Refreshes, by any process, that failed since one succeeded');
  const jobs = new Gauge({
    name: 'messaging_queue_jobs',
    help: 'Jobs in the queue by state',
    labelNames: ['state'],
    registers,
  });
  const differences = new Gauge({
    name: 'messaging_consistency_differences',
    help: 'What the newest `db:check` found in a derived table',
    labelNames: ['table'],
    registers,
  });
  const checkAge = gauge('consistency_check_age_seconds', 'Time since the newest `db:check` that ended');
  return ({ listenerConnected, jobCounts, refreshStatus, lastCheck }) => {
    listening.set(Number(listenerConnected));
    queueUp.set(Number(jobCounts !== undefined));
    databaseUp.set(Number(refreshStatus !== undefined));
    jobs.reset();
    for (const [state, count] of Object.entries(jobCounts ?? {})) jobs.set({ state }, count);
    differences.reset();
    for (const [table, count] of Object.entries(lastCheck?.differences ?? {})) differences.set({ table }, count);
    setOrLeaveOut(checkAge, lastCheck?.ageSeconds);
    setOrLeaveOut(pending, refreshStatus?.pendingChanges);
    setOrLeaveOut(age, refreshStatus?.viewAgeSeconds);
    setOrLeaveOut(failures, refreshStatus?.consecutiveFailures);
  };
}

function setOrLeaveOut(gauge: Gauge, value: number | null | undefined): void {
  if (value === null || value === undefined) gauge.remove();
  else gauge.set(value);
}
