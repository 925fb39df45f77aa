import { parseArgs } from 'node:util';
import {
  createLogger,
  databaseEnv,
  loadConfig,
  loadEnvFile,
  loggingEnv,
  safeMessage,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';
import { type Adopted, type Adoption, adoptDatabase } from '../adopt/adopt-database.ts';
import { KEPT_SCHEMA } from '../adopt/kept-schema.ts';
import { createProgressDisplay, formatCount } from '../bulk-load/progress.ts';

const HELP = `Takes over a database with tables contacts and messages of the usual simple kind, in place and with their ids.

Usage: npm run db:adopt -- [options]

  --dry-run         only say what would happen; nobody waits
  --time-zone NAME  the zone of times that are stored without one, such as Europe/Berlin
  --help            this text

The old tables stay in the schema ${KEPT_SCHEMA}, beside a list of the rows that could not be taken. Writers wait until it is done,
and go on with the new tables. See docs/adopting.md. Exit code 0: every row was taken; 1: some were not; 2: nothing was done.
Where the database is comes from DATABASE_URL, or DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME.
`;

const [TAKEN, REJECTED, NOTHING_DONE] = [0, 1, 2];

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? safeMessage(error, 'kept') : error}\n`);
  return NOTHING_DONE;
});

async function main(): Promise<number> {
  const args = process.argv.slice(2).filter((argument) => argument !== '--');
  const { values } = parseArgs({
    args,
    options: {
      'dry-run': { type: 'boolean', default: false },
      'time-zone': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return TAKEN;
  }
  const { 'dry-run': isDry, 'time-zone': timeZone } = values;
  const adoption = await adopt({ isDry, ...(timeZone !== undefined && { timeZone }) });
  process.stdout.write(describe(adoption, isDry));
  return adoption.contacts.rejected + adoption.messages.rejected > 0 ? REJECTED : TAKEN;
}

async function adopt(options: { isDry: boolean; timeZone?: string }): Promise<Adoption> {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object({ ...databaseEnv, ...loggingEnv }), process.env);
  const logger = createLogger({ ...toLoggingConfig(env), pretty: false }, 'adopt', process.stderr);
  if (env.LOG_LEVEL === 'info') logger.level = 'warn';
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const progress = createProgressDisplay(process.stdout);
  try {
    const { connectionString } = toDatabaseConfig(env);
    return await adoptDatabase(connectionString, options, { progress, logger, signal: interrupted.signal });
  } finally {
    progress.close();
  }
}

function describe({ contacts, messages, untimedMessages, notes }: Adoption, isDry: boolean): string {
  const untimed = `${formatCount(untimedMessages)} messages had no time: each has that of the message before it.`;
  const lines = [
    ...describeRows('contacts', contacts, isDry),
    ...describeRows('messages', messages, isDry),
    ...(untimedMessages > 0 ? [untimed] : []),
    ...notes,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function describeRows(table: string, { taken, rejected, problems }: Adopted, isDry: boolean): string[] {
  const listed = rejected > 0 && !isDry ? ` (listed in ${KEPT_SCHEMA}.rejected_${table})` : '';
  const [done, not] = isDry ? ['would be taken', 'would not'] : ['taken', 'not'];
  return [
    `${table}: ${formatCount(taken)} ${done}, ${formatCount(rejected)} ${not}${listed}`,
    ...problems.map(({ problem, rows, id }) => `  ${formatCount(rows)}, such as ${id}: ${problem}`),
  ];
}
