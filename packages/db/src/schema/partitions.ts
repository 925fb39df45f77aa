import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connectClient } from '../connection/session-settings.ts';
import { transaction } from '../connection/transaction.ts';
import { listMissingMigrations } from './migrate.ts';

const PARTITIONS_FILE = fileURLToPath(new URL('../../partitions.sql', import.meta.url));

const SETTINGS = {
  statement_timeout: 0,
  lock_timeout: 0,
  // A process that is stopped before it commits must not hold up writers indefinitely.
  idle_in_transaction_session_timeout: '60s',
  maintenance_work_mem: '512MB',
  max_parallel_maintenance_workers: 4,
};

/** The database is not at the newest migration, which is what the partitions are made from. */
class NotMigratedError extends Error {
  override readonly name = 'NotMigratedError';
}

/**
 * Turns `messages` into `partitions` (2 to 256) hash partitions by contact, all or nothing. Writers wait meanwhile, readers
 * for a moment at the end; it needs as much disk as `messages` has. `say` is told what it is at.
 * @throws NotMigratedError, and what PostgreSQL says
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
    // Lets writers go on when this process is killed in the middle. Not every platform has it.
    await client.query("set client_connection_check_interval = '1s'").catch(() => {});
    const sql = await readFile(PARTITIONS_FILE, 'utf8');
    await transaction(client, () => client.query(sql));
    // Autovacuum analyzes partitions, never the whole that plans are made for.
    await client.query('vacuum (analyze) messages');
  } finally {
    await client.end();
  }
}
