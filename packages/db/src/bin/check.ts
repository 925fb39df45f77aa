import { parseArgs } from 'node:util';
import {
  createLogger,
  databaseEnv,
  loadConfig,
  loadEnvFile,
  loggingEnv,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';
import { createPool } from '../connection/pool.ts';
import { checkDatabase, type TableResult } from '../consistency/check-database.ts';
import { listMissingMigrations } from '../schema/migrate.ts';

const STATEMENT_TIMEOUT_MS = 3_600_000;
const SHOWN_CONTACTS = 5;

/** Exit codes: 0 no differences, 1 differences, 2 the check could not run. */
const [AGREES, DIFFERS, COULD_NOT_LOOK] = [0, 1, 2];

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`The database could not be checked: ${error instanceof Error ? error.message : error}\n`);
  return COULD_NOT_LOOK;
});

async function main(): Promise<number> {
  // Some package managers pass on the `--` that separates their options from the command's.
  const args = process.argv.slice(2).filter((argument) => argument !== '--');
  const { values } = parseArgs({ args, options: { repair: { type: 'boolean', default: false } } });
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object({ ...databaseEnv, ...loggingEnv }), process.env);
  const config = { ...toDatabaseConfig(env), poolSize: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const pool = createPool(config, createLogger(toLoggingConfig(env), 'check'), 'messaging-check');
  try {
    const missing = await listMissingMigrations(pool);
    if (missing.length > 0) throw new Error(`migrations are missing: ${missing.join(', ')}. Run npm run db:migrate.`);
    const results = await checkDatabase(pool, { repair: values.repair, onResult: print });
    const differing = results.filter(({ count }) => count > 0);
    if (differing.length === 0) return AGREES;
    if (!values.repair) process.stdout.write('To rebuild what differs: npm run db:check -- --repair\n');
    return DIFFERS;
  } finally {
    await pool.end();
  }
}

function print({ table, count, contactIds, note, durationMs }: TableResult): void {
  const seconds = `${(durationMs / 1_000).toFixed(1)} s`;
  const shown = contactIds.slice(0, SHOWN_CONTACTS).join(', ');
  const which = shown && ` (contacts ${shown}${count > SHOWN_CONTACTS ? ', ...' : ''})`;
  const found = count === 0 ? 'agrees' : `${count} ${count === 1 ? 'difference' : 'differences'}${which}`;
  process.stdout.write(`${table.padEnd(24)}${found}${note ? `: ${note}` : ''}, ${seconds}\n`);
}
