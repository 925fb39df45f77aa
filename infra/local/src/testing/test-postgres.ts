import { DEFAULT_MAJOR, POSTGRES_MAJORS, type PostgresMajor } from '../postgres-binaries.ts';

/** The version of PostgreSQL that tests run on: `TEST_POSTGRES`, or the one that `npm start` uses. */
export function readTestPostgres(): PostgresMajor {
  // biome-ignore lint/style/noProcessEnv: test runs and their workers are configured by it
  return toPostgresMajor(process.env.TEST_POSTGRES || undefined);
}

export function toPostgresMajor(choice: string = DEFAULT_MAJOR): PostgresMajor {
  const major = POSTGRES_MAJORS.find((known) => known === choice);
  if (major) return major;
  throw new Error(`TEST_POSTGRES is "${choice}"; it must be one of ${POSTGRES_MAJORS.join(', ')}`);
}
