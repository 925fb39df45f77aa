import { expect } from '@jest/globals';
import { checkDatabase, createPool, indexSegments, type Pool } from '@messaging/db';
import { createLogger } from '@messaging/shared';

/** Everything derived agrees with contacts and messages, as `npm run db:check` looks at it. */
export function expectConsistency(connectionString: string): Promise<void> {
  return withPool(connectionString, async (pool) => {
    const results = await checkDatabase(pool);
    expect(results.filter(({ count }) => count > 0)).toEqual([]);
  });
}

/** Puts all segments into the index, which the worker does once there are enough for a block. Returns how many blocks it made. */
export function indexAll(connectionString: string): Promise<number> {
  return withPool(connectionString, (pool) => indexSegments(pool, { all: true }));
}

async function withPool<Result>(connectionString: string, work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const config = { connectionString, poolSize: 2, statementTimeoutMs: 60_000 };
  const pool = createPool(config, createLogger({ level: 'silent', pretty: false }, 'check'), 'check');
  return work(pool).finally(() => pool.end());
}
