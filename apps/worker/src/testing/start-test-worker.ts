import { randomUUID } from 'node:crypto';
import { createTestLogger } from '@messaging/shared/testing';
import { type RunningWorker, startWorker, type WorkerConfig } from '../worker.ts';

/** A real worker, with its log lines. */
export interface TestWorker extends RunningWorker {
  logLines: string[];
}

type TestWorkerOverrides = Partial<Omit<WorkerConfig, 'refresh' | 'refreshRun'>> & {
  refresh?: Partial<WorkerConfig['refresh']>;
  refreshRun?: Partial<WorkerConfig['refreshRun']>;
};

/** Starts a worker on `connectionString`, with Redis where `redisUrl` is given; the caller closes it. */
export async function startTestWorker(
  connectionString: string,
  redisUrl: string | undefined,
  { refresh, refreshRun, ...overrides }: TestWorkerOverrides = {},
): Promise<TestWorker> {
  const { logger, logLines } = createTestLogger('worker');
  const config: WorkerConfig = {
    host: '127.0.0.1',
    port: 0,
    database: { connectionString, poolSize: 5, statementTimeoutMs: 10_000 },
    queue: { redisUrl, prefix: `test-${randomUUID()}` },
    refresh: { quietMs: 50, maxWaitMs: 500, restFactor: 0, restMaxMs: 30_000, maxBackoffMs: 2_000, ...refresh },
    refreshRun: { timeoutMs: 10_000, lockTimeoutMs: 10_000, directAfterMs: 5_000, ...refreshRun },
    changesRetentionHours: 24,
    sweepIntervalMs: 60_000,
    logging: { level: 'debug', pretty: false },
    tracing: { enabled: false },
    startTimeoutMs: 0,
    shutdownTimeoutMs: 5_000,
    ...overrides,
  };
  const worker = await startWorker(config, logger);
  return { ...worker, logLines };
}
