import { createPool, waitForDatabase } from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { localSettings } from './postgres-settings.ts';

const EXTERNAL_DEADLINE_MS = 60_000;

/** The database that the stack runs on: the user's, or our own. */
export interface LocalDatabase extends Running {
  connectionString: string;
  /** What it is and where, for people. */
  description: string;
  /** Rejects when our own stops by itself; otherwise never settles. */
  failed: Promise<never>;
  kill: () => Promise<void>;
}

/** Starts the embedded server in `dataDir`, unless there is a `connectionString`; then only checks that it answers. */
export async function openDatabase(
  connectionString: string | undefined,
  options: { dataDir: string; logger: Logger; signal: AbortSignal; say: (line: string) => void },
): Promise<LocalDatabase> {
  return connectionString ? openExternal(connectionString, options.logger) : openEmbedded(options);
}

async function openExternal(connectionString: string, logger: Logger): Promise<LocalDatabase> {
  const pool = createPool({ connectionString, poolSize: 1, statementTimeoutMs: 30_000 }, logger, 'messaging-local');
  try {
    await waitForDatabase(pool, logger, EXTERNAL_DEADLINE_MS);
  } finally {
    await pool.end();
  }
  const nothing = async () => {};
  const description = 'the PostgreSQL that DATABASE_URL or DB_HOST names';
  return { connectionString, description, failed: new Promise(() => {}), close: nothing, kill: nothing };
}

async function openEmbedded(options: Parameters<typeof openDatabase>[1]): Promise<LocalDatabase> {
  const { dataDir, signal, say } = options;
  const postgres = await startEmbeddedPostgres({ dataDir, settings: localSettings(), signal, say });
  const { connectionString, version, port, close, kill } = postgres;
  const failed = postgres.exited.then(() => {
    throw new Error(`PostgreSQL stopped; its log is ${dataDir}/postgres.log`);
  });
  failed.catch(() => {}); // it also stops when we close it
  return {
    connectionString,
    description: `${dataDir} (PostgreSQL ${version} on port ${port})`,
    failed,
    close,
    kill,
  };
}
