import { connectionOptions, type Pool } from '@messaging/db';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { WorkerConfig } from './config.ts';

/**
 * Makes the schema `bullmq` of a queue that lives in PostgreSQL, or brings it up to date.
 * @throws what PostgreSQL says, as when the role may not create anything
 */
export async function migrateQueue({ database }: Pick<WorkerConfig, 'database'>): Promise<void> {
  const client = new pg.Client(connectionOptions(database, 'messaging-queue'));
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

/** True where the worker may make that schema itself; with a role that may not, `npm run db:queue` has made it. */
export async function mayMigrateQueue(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>(
    "select has_database_privilege(current_database(), 'create') as may",
  );
  return rows[0]?.may ?? false;
}
