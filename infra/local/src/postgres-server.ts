import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { postgresEnv } from './init-cluster.ts';
import type { PostgresHome } from './postgres-home.ts';
import { type PostgresState, toConnectionString } from './postgres-state.ts';
import { endOf, hasEnded } from './processes.ts';
import { stopServer } from './stop-orphan.ts';

const START_DEADLINE_MS = 120_000; // after a crash the server first replays its log

/** A process of PostgreSQL that we have started. */
export interface PostgresServer {
  process: ChildProcess;
  /** The lines it has written since it was started. */
  readLog: () => Promise<string>;
}

/** Starts PostgreSQL on the data of `home`, on the loopback interface only; what it says is added to `logFile`. */
export async function spawnServer(
  home: PostgresHome,
  logFile: string,
  settings: Record<string, string>,
): Promise<PostgresServer> {
  const fixed = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // their paths are limited to 107 bytes, a clone's path is not
    log_line_prefix: '%m [%p] ',
  };
  const args = Object.entries({ ...fixed, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(logFile, 'a');
  try {
    const { size } = await log.stat();
    const process = spawn(home.binaries.postgres, ['-D', home.clusterDir, ...args], {
      ...home.account,
      cwd: home.clusterDir,
      env: postgresEnv,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(process, 'spawn');
    return { process, readLog: async () => (await readFile(logFile)).subarray(size).toString() };
  } finally {
    await log.close();
  }
}

/**
 * Connects to the database `postgres`. A port that accepts connections is not enough: while it recovers, the server refuses
 * every session. @throws with the server's log where it ends, after 120 s, and the signal's reason
 */
export async function connectWhenReady(
  server: PostgresServer,
  state: PostgresState,
  signal?: AbortSignal,
): Promise<pg.Client> {
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const client = new pg.Client({
      connectionString: toConnectionString(state, 'postgres'),
      connectionTimeoutMillis: 5_000,
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (hasEnded(server.process)) throw new Error(`PostgreSQL did not start:\n${await server.readLog()}`);
      if (performance.now() > deadline)
        throw new Error('PostgreSQL did not accept a connection in time', { cause: error });
      await wait(50);
    }
  }
}

/** Ends it in order (SIGINT) or at once (SIGQUIT), and resolves when it has ended. */
export async function stop(server: ChildProcess, how: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (hasEnded(server) || server.pid === undefined) return;
  await Promise.all([endOf(server), how === 'SIGINT' ? stopServer(server.pid) : server.kill(how)]);
}
