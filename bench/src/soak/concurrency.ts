import { randomInt } from 'node:crypto';
import { migrate } from '@messaging/db';
import { runConcurrently } from '@messaging/db/testing';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { listDifferences } from './differences.ts';

const CONTACTS = 8;
const WRITERS = 8;

/**
 * Runs writers, refreshes, builders and checks concurrently on a separate empty database, on the same few contacts, for
 * the given time. Returns the problems as readable text.
 */
export async function soakConcurrency(
  connectionString: string,
  { minutes, signal, say }: { minutes: number; signal: AbortSignal; say: (line: string) => void },
): Promise<string[]> {
  await migrate(connectionString, createLogger({ level: 'silent', pretty: false }, 'soak'));
  await addContacts(connectionString);
  const seed = randomInt(1_000_000);
  const options = {
    seed,
    writers: WRITERS,
    contacts: CONTACTS,
    operations: Infinity,
    longestMs: minutes * 60_000,
    signal,
  };
  const { operations, failures, deadlocks } = await runConcurrently(connectionString, options);
  const done = Object.values(operations).reduce((sum, count) => sum + count, 0);
  say(`${done.toLocaleString('en-US')} operations that met each other (seed ${seed}), ${deadlocks} deadlocks.`);
  return [
    ...failures,
    ...(deadlocks > 0 ? [`${deadlocks} deadlocks`] : []),
    ...(await listDifferences(connectionString)),
  ].map((failure) => `concurrency, seed ${seed}: ${failure}`);
}

async function addContacts(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(
      "insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(1, $1::int) i",
      [CONTACTS],
    );
  } finally {
    await client.end();
  }
}
