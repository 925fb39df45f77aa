import type { DatabaseConfig, Logger } from '@messaging/shared';
import { createPool, type Pool } from './pool.ts';

const STATEMENT_TIMEOUT_MS = 1_000;

/**
 * One connection for what looks whether the database answers, so that neither a saturated pool nor a server without
 * connections left makes it seem to be gone. Once opened it stays open; the caller ends the pool.
 */
export function createProbePool(config: DatabaseConfig, logger: Logger, applicationName: string): Pool {
  const probe = { ...config, poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const pool = createPool(probe, logger, applicationName);
  pool.options.min = 1; // pg-pool closes no idle connection below this number
  return pool;
}
