import { join } from 'node:path';
import type { Running } from '@messaging/shared';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';
import type pg from 'pg';
import { initCluster, isInitialized } from './init-cluster.ts';
import { DEFAULT_MAJOR, type PostgresMajor } from './postgres-binaries.ts';
import { type PostgresHome, preparePostgresHome } from './postgres-home.ts';
import { connectWhenReady, spawnServer, stop } from './postgres-server.ts';
import {
  DATABASE,
  newPassword,
  type PostgresState,
  readPostgresState,
  toConnectionString,
  writePostgresState,
} from './postgres-state.ts';
import { endOf } from './processes.ts';
import { stopOrphan } from './stop-orphan.ts';

const DEFAULT_PORT = 54_320;

export interface EmbeddedPostgresOptions {
  /** Holds the data, the log, and what a later start has to know; nobody else may use it meanwhile. */
  dataDir: string;
  /** A folder belongs to the version that it was created with. */
  major?: PostgresMajor;
  /** Tried first; without it, the port of the last start. 0 is any free port. */
  port?: number;
  settings: Record<string, string>;
  /** Gives up waiting for the server, and stops it. */
  signal?: AbortSignal;
  /** Takes a line for people, about what is not as usual. */
  say: (line: string) => void;
}

export interface EmbeddedPostgres extends Running {
  connectionString: string;
  port: number;
  version: string;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<unknown>;
  /** Stops it at once; the next start recovers from the log. */
  kill: () => Promise<void>;
}

/**
 * Starts PostgreSQL with an empty database `messaging`, or with what an earlier start left in `dataDir`.
 * It listens on the loopback interface only and asks for a password. Only `close` stops it: it is no part of our process
 * group, because a Ctrl-C that reached it would take the database from an API that still answers its last requests.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, major = DEFAULT_MAJOR, settings, say } = options;
  const home = await preparePostgresHome(dataDir, major, say);
  await stopOrphan(home.clusterDir, say);
  const state = await ensureCluster(home, dataDir);
  const port = await choosePort(options.port ?? state.port ?? DEFAULT_PORT, say);
  await writePostgresState(dataDir, { ...state, port });

  const server = await spawnServer(home, join(dataDir, 'postgres.log'), { port: String(port), ...settings });
  try {
    await createDatabase(await connectWhenReady(server, { ...state, port }, options.signal));
  } catch (error) {
    await stop(server.process, 'SIGINT');
    throw error;
  }
  return {
    connectionString: toConnectionString({ ...state, port }),
    port,
    version: home.binaries.version,
    exited: endOf(server.process),
    close: () => stop(server.process, 'SIGINT'),
    kill: () => stop(server.process, 'SIGQUIT'),
  };
}

async function ensureCluster(home: PostgresHome, dataDir: string): Promise<PostgresState> {
  const known = await readPostgresState(dataDir);
  if (isInitialized(home)) {
    if (known) return known;
    throw new Error(
      `${join(dataDir, 'postgres.json')} is missing, which has the password: delete ${dataDir}, or restore the file.`,
    );
  }
  const state = { ...known, password: newPassword() };
  await writePostgresState(dataDir, state); // first, so that there is never a cluster whose password nobody knows
  await initCluster(home, state.password);
  return state;
}

async function choosePort(wanted: number, say: (line: string) => void): Promise<number> {
  clearLockedPorts(); // else it would not name the port of a server that this process has just stopped
  if (wanted === 0) return getPort({ host: '127.0.0.1' });
  const port = await getPort({ port: [wanted, ...portNumbers(DEFAULT_PORT, DEFAULT_PORT + 99)] });
  if (port !== wanted) say(`Port ${wanted} is taken: PostgreSQL uses ${port}.`);
  return port;
}

async function createDatabase(admin: pg.Client): Promise<void> {
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await admin.query(`create database ${DATABASE}`);
  } finally {
    await admin.end();
  }
}
