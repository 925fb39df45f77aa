import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { refreshRecentConversations } from '@messaging/db';
import { seedDatabase, silentProgress } from '@messaging/db/seed';
import type { ReleaseStack } from '@messaging/shared';
import pg from 'pg';
import { recreateDatabase } from '../data/prepare.ts';
import { startBenchServer, withDatabase } from '../data/server.ts';
import { type ServerProcess, startApiProcess, startWorkerProcess } from '../http/processes.ts';
import { lockFolder } from '../lock.ts';

export const SOAK_CONTACTS = 2_000;
const SOAK_MESSAGES = 100_000;
const DATABASE = 'messaging_soak';
const CONCURRENCY_DATABASE = 'messaging_soak_concurrency';

export interface SystemOptions {
  /** Holds the embedded server's data and the logs. */
  folder: string;
  /** The user's own server; without it the embedded one is started. */
  connectionString: string | undefined;
  redisUrl: string | undefined;
}

/** The whole system on a separate small database. */
export interface System {
  api: ServerProcess;
  worker: ServerProcess;
  db: pg.Client;
  connectionString: string;
  /** An empty database for the clients that write to the same contacts. */
  concurrencyConnectionString: string;
  isServerHere: boolean;
}

/** Starts server, API and worker over newly loaded data; `release` stops them and drops the data. */
export async function startSystem(
  { folder, connectionString, redisUrl }: SystemOptions,
  { release, say, signal }: { release: ReleaseStack; say: (line: string) => void; signal: AbortSignal },
): Promise<System> {
  await mkdir(folder, { recursive: true });
  release.push('lock', await lockFolder(folder), (lock) => lock.release());
  const serverUrl = connectionString ?? (await startServer(folder, release, say));
  signal.throwIfAborted();
  for (const name of [DATABASE, CONCURRENCY_DATABASE]) {
    await recreateDatabase(serverUrl, name);
    release.push(`database ${name}`, serverUrl, (url) => dropDatabase(url, name));
  }
  const url = withDatabase(serverUrl, DATABASE);
  say(`Loading ${SOAK_CONTACTS.toLocaleString('en')} contacts and ${SOAK_MESSAGES.toLocaleString('en')} messages.`);
  const seed = { contacts: SOAK_CONTACTS, messages: SOAK_MESSAGES, seed: 1, reset: false };
  await seedDatabase(url, seed, silentProgress, undefined, signal);
  await refreshRecentConversations(
    { connectionString: url, poolSize: 1, statementTimeoutMs: 0 },
    { timeoutMs: 60_000 },
  );
  const options = { connectionString: url, folder, env: redisUrl ? { REDIS_URL: redisUrl } : {} };
  const api = release.push('api', await startApiProcess(options), ({ close }) => close());
  const worker = release.push('worker', await startWorkerProcess(options), ({ close }) => close());
  const db = release.push('samples', await connect(url), (client) => client.end());
  const concurrencyConnectionString = withDatabase(serverUrl, CONCURRENCY_DATABASE);
  return {
    api,
    worker,
    db,
    connectionString: url,
    concurrencyConnectionString,
    isServerHere: connectionString === undefined,
  };
}

async function startServer(folder: string, release: ReleaseStack, say: (line: string) => void): Promise<string> {
  const server = await startBenchServer(join(folder, 'server'), say);
  release.push('postgres', server, ({ close }) => close());
  return server.connectionString;
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {}); // the next sample fails and reports it
  await client.connect();
  return client;
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(serverUrl, 'postgres') });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${name} with (force)`);
  } finally {
    await admin.end();
  }
}
