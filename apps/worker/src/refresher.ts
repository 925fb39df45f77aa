import {
  getRefreshStatus,
  isViewMissing,
  type Pool,
  RECENT_CONVERSATIONS,
  refreshRecentConversations,
} from '@messaging/db';
import { type Logger, type Tracing, traced } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import type { RefreshMetrics } from './health/worker-metrics.ts';
import { timeUntilRefreshMs } from './refresh-policy.ts';

/** Who asked for a refresh: a job of the queue, or the worker itself. */
type RefreshVia = 'queue' | 'direct';

/** When to ask again after a failure. */
const ASK_AGAIN_MS = 1_000;

/** Refreshes the view when the policy says so. */
export interface Refresher {
  /** Milliseconds until a refresh is due, 0 is now; undefined while no change is pending. @throws UnavailableError */
  timeUntilDueMs: () => Promise<number | undefined>;
  /**
   * Refreshes if that is due; resolves to how long to wait before asking again, 0 when nothing is left to do. A refresh that fails is counted and logged, and due again after a pause.
   * With a `traceparent` the refresh is a step of that trace.
   */
  refreshIfDue: (via: RefreshVia, traceparent?: string) => Promise<{ askAgainInMs: number }>;
}

interface RefresherDeps {
  pool: Pool;
  metrics: RefreshMetrics;
  tracing: Tracing | undefined;
  logger: Logger;
  /** Cancels a refresh under way. */
  signal: AbortSignal;
}

/** Ties the policy, the refresh, its metrics and its log lines together; whoever asks, queue or sweep, it is the same. */
export function createRefresher(
  config: WorkerConfig,
  { pool, metrics, tracing, logger, signal }: RefresherDeps,
): Refresher {
  let failing = false;
  /** By our own clock, which nobody sets: those of other hosts may be wrong. */
  let pendingSinceMs: number | undefined;

  async function timeUntilDueMs(): Promise<number | undefined> {
    const status = await getRefreshStatus(pool);
    const nowMs = performance.now();
    pendingSinceMs = status.pendingChanges === 0 ? undefined : (pendingSinceMs ?? nowMs);
    return pendingSinceMs === undefined
      ? undefined
      : timeUntilRefreshMs(status, nowMs - pendingSinceMs, config.refresh);
  }

  async function refresh(via: RefreshVia, traceparent?: string): Promise<{ askAgainInMs: number }> {
    const run = () => refreshRecentConversations(config.database, { ...config.refreshRun, signal, watch: pool });
    const outcome = await traceRefresh(tracing, run, via, traceparent);
    if (outcome.skipped) {
      metrics.skipped();
      return { askAgainInMs: Math.max(100, config.refresh.quietMs) };
    }
    const { skipped: _, ...figures } = outcome;
    metrics.refreshed(figures.durationMs, figures.messagesSegmented);
    if (failing) logger.info({ readModel: RECENT_CONVERSATIONS }, 'refresh works again');
    failing = false;
    const durationMs = Math.round(figures.durationMs);
    logger.info({ readModel: RECENT_CONVERSATIONS, via, ...figures, durationMs }, 'view refreshed');
    return { askAgainInMs: 0 };
  }

  /** The first of a row of failures says why; the rest is counted, and `/readyz` has the latest reason. */
  function recordFailure(error: unknown): void {
    metrics.failed();
    const level = failing ? 'debug' : 'error';
    logger[level]({ err: error, readModel: RECENT_CONVERSATIONS, ...hint(error) }, 'refresh failed');
    failing = true;
  }

  return {
    timeUntilDueMs,
    async refreshIfDue(via, traceparent) {
      try {
        const dueInMs = await timeUntilDueMs();
        if (dueInMs === undefined) return { askAgainInMs: 0 };
        return dueInMs > 0 ? { askAgainInMs: dueInMs } : await refresh(via, traceparent);
      } catch (error) {
        if (!signal.aborted) recordFailure(error);
        return { askAgainInMs: ASK_AGAIN_MS }; // the policy knows how much longer
      }
    },
  };
}

async function traceRefresh<Outcome extends { skipped: boolean }>(
  tracing: Tracing | undefined,
  run: () => Promise<Outcome>,
  via: RefreshVia,
  parent: string | undefined,
): Promise<Outcome> {
  const kind = via === 'queue' ? 'consumer' : 'internal';
  const attributes = { 'messaging.via': via };
  return traced(tracing, { name: `refresh ${RECENT_CONVERSATIONS}`, kind, parent, attributes }, async (span) => {
    const outcome = await run();
    span?.set({ 'messaging.refresh_skipped': outcome.skipped });
    return outcome;
  });
}

/** The view is not built anew by itself: whoever dropped or renamed it may be about to put another in its place. */
function hint(error: unknown): { hint?: string } {
  return isViewMissing(error) ? { hint: 'build the view with npm run db:view' } : {};
}
