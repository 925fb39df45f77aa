import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The database that the system uses. */
export const DATABASE = 'messaging';

/** What has to be known of an embedded server from one start to the next. */
export interface PostgresState {
  password: string;
  port?: number;
}

/** The state in `<dataDir>/postgres.json`, which only its owner can read. */
export async function readPostgresState(dataDir: string): Promise<PostgresState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(dataDir), 'utf8')) as PostgresState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writePostgresState(dataDir: string, state: PostgresState): Promise<void> {
  await writeFile(stateFile(dataDir), `${JSON.stringify(state)}\n`, { mode: 0o600 });
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

export function toConnectionString({ password, port }: PostgresState, database = DATABASE): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
}

/** How to reach the server that was started last in `dataDir`. */
export async function readConnectionString(dataDir: string): Promise<string> {
  const state = await readPostgresState(dataDir);
  if (state?.port) return toConnectionString(state);
  throw new Error('The embedded PostgreSQL is being created just now: try again in a few seconds.');
}

const stateFile = (dataDir: string) => join(dataDir, 'postgres.json');
