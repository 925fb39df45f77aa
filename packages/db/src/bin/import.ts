import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createLogger,
  databaseEnv,
  ExpectedError,
  loadConfig,
  loadEnvFile,
  loggingEnv,
  safeMessage,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';
import { formatCount } from '../bulk-load/progress.ts';
import { createPool } from '../connection/pool.ts';
import { type FileResult, importFile } from '../import-files/import-file.ts';
import { createFileProgress } from '../import-files/progress.ts';
import { listMissingMigrations } from '../schema/migrate.ts';

const HELP = `Imports files of contacts and messages: NDJSON as the API reads it, or CSV with a header line; also zipped by gzip.

Usage: npm run db:import -- [options] FILE...

  --dry-run        only say what would happen
  --ignore NAMES   columns of CSV files that are not read, separated by commas
  --again          import a file from its beginning although it was imported before, wholly or in part
  --help           this text

What is stored when it stops stays stored: the same command goes on there, for 24 hours. Rejected lines are written to
FILE.errors.ndjson. Exit code 0: every line was stored; 1: some were rejected; 2: it could not go on.
Where the database is comes from DATABASE_URL, or DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME.
`;

const [STORED, REJECTED, STOPPED] = [0, 1, 2];

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? explain(error) : error}\n`);
  return STOPPED;
});

async function main(): Promise<number> {
  const args = process.argv.slice(2).filter((argument) => argument !== '--');
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      ignore: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length === 0) {
    process.stdout.write(HELP);
    return values.help ? STORED : STOPPED;
  }
  const ignored = values.ignore.split(',').filter((name) => name !== '');
  return importAll(positionals, { ignored, again: values.again, dryRun: values['dry-run'] });
}

/** The message of an expected error says what to do; a log would have only its code. */
function explain(error: Error): string {
  return error instanceof ExpectedError ? error.message : safeMessage(error, 'kept');
}

async function importAll(
  paths: string[],
  options: { ignored: string[]; again: boolean; dryRun: boolean },
): Promise<number> {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const { INIT_CWD: startedIn = process.cwd(), ...given } = process.env;
  const env = loadConfig(z.object({ ...databaseEnv, ...loggingEnv }), given);
  const config = { ...toDatabaseConfig(env), poolSize: 3, statementTimeoutMs: 0 };
  const pool = createPool(
    config,
    createLogger(toLoggingConfig(env), 'import', process.stderr),
    'messaging-import-files',
    'imports',
  );
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const progress = createFileProgress(process.stdout);
  const wouldBe = new Set<string>();
  let rejected = 0;
  try {
    const missing = await listMissingMigrations(pool);
    if (missing.length > 0) throw new Error(`Migrations are missing: ${missing.join(', ')}. Run npm run db:migrate.`);
    for (const path of paths) {
      progress.begin(path);
      const onProgress = progress.advance;
      const result = await importFile(
        pool,
        resolve(startedIn, path),
        { ...options, signal: interrupted.signal, onProgress },
        wouldBe,
      )
        .catch((error: Error) => {
          const next = interrupted.signal.aborted
            ? 'stopped; without --again the same command goes on there'
            : explain(error);
          throw new Error(`${path}: ${next}`, { cause: error });
        })
        .finally(progress.end);
      rejected += result.rejected;
      process.stdout.write(describe(path, result, options.dryRun));
    }
  } finally {
    await pool.end();
  }
  return rejected > 0 ? REJECTED : STORED;
}

function describe(
  path: string,
  { counts, rejected, errors, errorsPath, isReplay }: FileResult,
  dryRun: boolean,
): string {
  const outcomes = Object.entries({ ...counts, rejected }).map(
    ([outcome, count]) => `${formatCount(count)} ${outcome}`,
  );
  const when = isReplay ? ' (before; nothing was done now)' : dryRun ? ' (would be)' : '';
  const shown = errors.slice(0, dryRun ? errors.length : 3).map(({ line, message }) => `  line ${line}: ${message}\n`);
  const rest = errorsPath ? `  all rejected lines: ${errorsPath}\n` : '';
  return `${path}: ${outcomes.join(', ')}${when}\n${shown.join('')}${rest}`;
}
