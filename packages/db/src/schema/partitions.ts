import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connectClient } from '../connection/session-settings.ts';
import { transaction } from '../connection/transaction.ts';
import { listMissingMigrations } from './migrate.ts';

const PARTITIONS_FILE = fileURLToPath(new URL('../../partitions.sql', import.meta.url));

const SETTINGS = {
  statement_timeout: 0,
  lock_timeout: 0,
  // A process that stops before it commits must not block writers indefinitely.
  idle_in_transaction_session_timeout: '60s',
  maintenance_work_mem: '512MB',
  max_parallel_maintenance_workers: 4,
};

/** The database lacks migrations. The partitions are made from the newest schema. */
class NotMigratedError extends Error {
  override readonly name = 'NotMigratedError';
}

/**
 * Turns `messages` into `partitions` (2 to 256) hash partitions by contact, in one transaction. Writers wait until it
 * ends, readers for a moment at the end. It needs as much free disk space as `messages` uses. `say` is called with each
 * step.
 * @throws NotMigratedError, and PostgreSQL's errors
 */
export async function partitionMessages(
  connectionString: string,
  partitions: number,
  say: (line: string) => void = () => {},
): Promise<void> {
  const options = { connectionString, application_name: 'messaging-partition', keepAlive: true };
  const settings = { ...SETTINGS, 'messaging.partitions': partitions };
  const client = await connectClient(options, settings);
  client.on('notice', ({ message }) => say(message ?? ''));
  try {
    const missing = await listMissingMigrations(client);
    if (missing.length > 0) throw new NotMigratedError(`Migrate first: ${missing.join(', ')} are missing.`);
    // Releases writers if this process is killed. Not every platform supports it.
    await client.query("set client_connection_check_interval = '1s'").catch(() => {});
    const sql = await readFile(PARTITIONS_FILE, 'utf8');
    await transaction(client, () => client.query(sql));
    // Autovacuum analyzes the partitions, but never the parent table that plans are made for.
    await client.query('vacuum (analyze) messages');
  } finally {
    await client.end();
  }
}
