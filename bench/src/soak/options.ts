import { parseArgs } from 'node:util';

export interface SoakOptions {
  /** How long the load lasts. */
  minutes: number;
}

export const HELP = `Runs API and worker under a mixed load and looks whether memory and sizes level off.

Usage: npm run soak -- [options]

  --minutes N   how long (default 10, at least 5)

Without DATABASE_URL or DB_HOST on an embedded PostgreSQL, else in a database messaging_soak of that server, which is
made for it and dropped at the end. The exit code is 0 if nothing failed and everything has levelled off.
`;

/** A third of it must be longer than the time between two heap collections. */
const LEAST_MINUTES = 5;

/** Parses the command line. @throws Error with the problem */
export function parseSoakOptions(args: string[]): SoakOptions | 'help' {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== '--'),
    options: { minutes: { type: 'string', default: '10' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return 'help';
  const minutes = Number(values.minutes);
  if (minutes >= LEAST_MINUTES && minutes <= 10_000) return { minutes };
  throw new Error(`--minutes must be a number of at least ${LEAST_MINUTES}`);
}
