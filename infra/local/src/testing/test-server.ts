import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@messaging/db';
import { createLogger, type Running } from '@messaging/shared';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { testSettings } from '../postgres-settings.ts';
import { readTestPostgres } from './test-postgres.ts';

/** A PostgreSQL server of a test's own. Its commits survive a crash, and it can be replicated. */
export interface TestServer extends Running {
  connectionString: string;
  port: number;
  /** Stops it: `fast` ends every session, `immediate` is a crash. */
  stop: (how: 'fast' | 'immediate') => Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start: () => Promise<void>;
  /** All that it has logged. */
  readLog: () => Promise<string>;
}

/** Starts an empty, migrated server. `close` stops it and deletes its data. */
export async function startTestServer(): Promise<TestServer> {
  const server = await runTestServer(await createDataDir());
  await migrate(server.connectionString, createLogger({ level: 'warn', pretty: false }, 'test-server'));
  return server;
}

/** A folder for the data of a server, which `close` of the server deletes. */
export const createDataDir = () => mkdtemp(join(tmpdir(), 'messaging-server-'));

/** Starts a server on the data in `dataDir`, or on new data where there is none. */
export async function runTestServer(dataDir: string, extra: Record<string, string> = {}): Promise<TestServer> {
  const settings = {
    ...testSettings(),
    ...{ synchronous_commit: 'on', full_page_writes: 'on' },
    // A replica that was just copied asks for the log since the copy began.
    ...{ wal_level: 'replica', max_wal_senders: '4', wal_keep_size: '128MB' },
    ...extra,
  };
  const major = readTestPostgres();
  const start = (port: number) => startEmbeddedPostgres({ dataDir, major, port, settings, say: () => {} });
  let server = await start(0);
  const { connectionString, port } = server;
  return {
    connectionString,
    port,
    stop: (how) => (how === 'fast' ? server.close() : server.kill()),
    async start() {
      server = await start(port);
    },
    readLog: () => readFile(join(dataDir, 'postgres.log'), 'utf8'),
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
