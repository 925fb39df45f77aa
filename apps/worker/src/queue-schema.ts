import { connectionOptions, createQueuePool, type Pool } from '@messaging/db';
import { type DatabaseConfig, type Logger, type ReleaseStack, waitAtMost } from '@messaging/shared';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { WorkerConfig } from './config.ts';

/** One listens; the others are for adding, taking and finishing jobs, of which there is one at a time. */
const POOL_SIZE = 5;
const STATEMENT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_500;

/**
 * The connections of a queue that lives in PostgreSQL, which connect when they are used. Its schema `bullmq` is made, or
 * brought up to date, where our role may; with one that may not, `npm run db:queue` has done it.
 */
export async function openQueueDb(
  { database, queue }: Pick<WorkerConfig, 'database' | 'queue'>,
  { pool, logger, release }: { pool: Pool; logger: Logger; release: ReleaseStack },
): Promise<Pool> {
  const config = { ...database, poolSize: POOL_SIZE, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const queueDb = createQueuePool(config, 'messaging-queue');
  // BullMQ may not have given back every connection of a queue that does not answer.
  release.push('postgres: queue', queueDb, (db) => waitAtMost(CLOSE_TIMEOUT_MS, db.end(), undefined));
  if (queue.redisUrl === undefined && (await mayMigrate(pool))) {
    await migrateQueue({ database }).catch((error: unknown) => {
      logger.warn({ err: error }, 'the schema of the queue could not be made'); // refreshes go on without the queue
    });
  }
  return queueDb;
}

/**
 * Makes the schema `bullmq` of a queue that lives in PostgreSQL, or brings it up to date.
 * @throws what PostgreSQL says, as when the role may not create anything
 */
export async function migrateQueue({ database }: { database: DatabaseConfig }): Promise<void> {
  const client = new pg.Client(connectionOptions(database, 'messaging-queue'));
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

async function mayMigrate(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>(
    "select has_database_privilege(current_database(), 'create') as may",
  );
  return rows[0]?.may ?? false;
}
