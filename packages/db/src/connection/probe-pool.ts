import type { DatabaseConfig, Logger } from '@messaging/shared';
import { createPool, type Pool } from './pool.ts';

const STATEMENT_TIMEOUT_MS = 1_000;

/**
 * One connection for health checks. Neither a saturated pool nor a server without free connections makes the database
 * look unavailable. Once opened, the connection stays open. The caller ends the pool.
 */
export function createProbePool(config: DatabaseConfig, logger: Logger, applicationName: string): Pool {
  const probe = { ...config, poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const pool = createPool(probe, logger, applicationName);
  pool.options.min = 1; // pg-pool keeps at least this many idle connections
  return pool;
}
