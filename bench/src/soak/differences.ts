import { checkDatabase, createPool } from '@messaging/db';
import { createLogger } from '@messaging/shared';

/** The result of `npm run db:check` for a database: one line per table that differs. */
export async function listDifferences(connectionString: string): Promise<string[]> {
  const config = { connectionString, poolSize: 2, statementTimeoutMs: 600_000 };
  const pool = createPool(config, createLogger({ level: 'silent', pretty: false }, 'check'), 'messaging-check');
  try {
    const results = await checkDatabase(pool);
    return results
      .filter(({ count }) => count > 0)
      .map(({ table, count, contactIds }) => `${table} has ${count} differences: contacts ${contactIds.slice(0, 5)}`);
  } finally {
    await pool.end();
  }
}
