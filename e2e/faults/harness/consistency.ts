import { expect } from '@jest/globals';
import { checkDatabase, createPool } from '@messaging/db';
import { createLogger } from '@messaging/shared';

/** Everything derived agrees with contacts and messages, as `npm run db:check` looks at it. */
export async function expectConsistency(connectionString: string): Promise<void> {
  const config = { connectionString, poolSize: 2, statementTimeoutMs: 60_000 };
  const pool = createPool(config, createLogger({ level: 'silent', pretty: false }, 'check'), 'check');
  try {
    const results = await checkDatabase(pool);
    expect(results.filter(({ count }) => count > 0)).toEqual([]);
  } finally {
    await pool.end();
  }
}
