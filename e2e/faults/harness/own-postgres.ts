import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@messaging/db';
import { startEmbeddedPostgres } from '@messaging/local';
import { testSettings } from '@messaging/local/testing';
import { createLogger } from '@messaging/shared';
import { onCleanUp } from './clean-up.ts';

/** A PostgreSQL server of a test's own, migrated. */
export interface OwnPostgres {
  connectionString: string;
  port: number;
  /** Stops it: `fast` ends every session, `immediate` is a crash. */
  stop: (how: 'fast' | 'immediate') => Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start: () => Promise<void>;
  /** All that it has logged. */
  readLog: () => Promise<string>;
}

/** Starts a server in a folder of its own. Its commits survive a crash, unlike those of the shared test server. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'messaging-faults-'));
  onCleanUp(() => rm(dataDir, { recursive: true, force: true }));
  const settings = { ...testSettings(), synchronous_commit: 'on', full_page_writes: 'on' };
  const start = (port: number) => startEmbeddedPostgres({ dataDir, port, settings, say: () => {} });
  let server = await start(0);
  onCleanUp(() => server.close());
  const { connectionString, port } = server;
  await migrate(connectionString, createLogger({ level: 'warn', pretty: false }, 'faults'));
  return {
    connectionString,
    port,
    stop: (how) => (how === 'fast' ? server.close() : server.kill()),
    async start() {
      server = await start(port);
    },
    readLog: () => readFile(join(dataDir, 'postgres.log'), 'utf8'),
  };
}
