import pg from 'pg';
import { withDatabase } from './server.ts';

/** The database that is copied, on its server. */
interface ScratchSource {
  server: { connectionString: string };
  data: { connectionString: string };
  say: (line: string) => void;
}

/**
 * Runs `work` on a copy of the loaded database, which is dropped afterwards. Deleting a million messages one by one
 * would take longer than writing them. Idle connections to the original are closed.
 */
export async function withScratchDatabase<Result>(
  { server, data, say }: ScratchSource,
  work: (connectionString: string) => Promise<Result>,
): Promise<Result> {
  const original = new URL(data.connectionString).pathname.slice(1);
  const scratch = scratchOf(original);
  const admin = new pg.Client({ connectionString: withDatabase(server.connectionString, 'postgres') });
  await admin.connect();
  try {
    say('  copying the database ...');
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [original]);
    // Copied file by file, because writing everything to the log first would take several times as long.
    await admin.query(
      `create database ${pg.escapeIdentifier(scratch)} template ${pg.escapeIdentifier(original)} strategy file_copy`,
    );
    return await work(withDatabase(server.connectionString, scratch));
  } finally {
    await drop(admin, scratch);
    await admin.end();
  }
}

/** Drops the copy of a killed run. */
export async function dropScratchDatabase(serverUrl: string, original: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(serverUrl, 'postgres') });
  await admin.connect();
  await drop(admin, scratchOf(original)).finally(() => admin.end());
}

const scratchOf = (original: string) => `${original}_scratch`;

async function drop(admin: pg.Client, database: string): Promise<void> {
  await admin.query(`drop database if exists ${pg.escapeIdentifier(database)} with (force)`);
}
