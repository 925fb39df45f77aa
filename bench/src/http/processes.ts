import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Running } from '@messaging/shared';

const START_DEADLINE_MS = 20_000;

/** A server in a separate process. */
export interface ServerProcess extends Running {
  origin: string;
  pid: number;
}

export interface AppOptions {
  connectionString: string;
  /** For its logs. It contains no `.env` file, whose settings would affect the figures. */
  folder: string;
  /** The log's name in the folder. */
  logName?: string;
  /** In addition to its production settings. */
  env?: Record<string, string>;
}

/** Starts the project's API as in production. @throws if it is not ready in time */
export function startApiProcess(options: AppOptions): Promise<ServerProcess> {
  return startApp('@messaging/api/main', 'PORT', { logName: 'api.log', ...options });
}

/** Starts our worker likewise. */
export function startWorkerProcess(options: AppOptions): Promise<ServerProcess> {
  return startApp('@messaging/worker/main', 'WORKER_PORT', { logName: 'worker.log', ...options });
}

async function startApp(
  module: string,
  portVariable: string,
  { connectionString, folder, logName, env }: AppOptions & { logName: string },
): Promise<ServerProcess> {
  const port = await findFreePort();
  const own = {
    DATABASE_URL: connectionString,
    [portVariable]: String(port),
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  };
  const log = await open(join(folder, logName), 'w');
  const stdio = ['ignore', log.fd, log.fd, 'ipc'] as const;
  const child = fork(fileURLToPath(import.meta.resolve(module)), {
    env: { ...own, ...env },
    cwd: folder,
    stdio: [...stdio],
  });
  await log.close(); // the child has its own
  const server = toServer(child, port);
  try {
    await untilAnswering(child, `${server.origin}/readyz`);
  } catch (error) {
    await server.close();
    throw new Error(`${module} did not become ready; see ${join(folder, logName)}`, { cause: error });
  }
  return server;
}

/** Starts one of the servers for comparison: a module that waits for its settings as a message and sends its port. */
export async function startPeerProcess(module: string, settings: object): Promise<ServerProcess> {
  const child = fork(module, { env: { NODE_ENV: 'production' } });
  child.send(settings);
  const [port] = (await once(child, 'message', { signal: AbortSignal.timeout(START_DEADLINE_MS) })) as [number];
  return toServer(child, port);
}

function toServer(child: ChildProcess, port: number): ServerProcess {
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilAnswering(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const answered = await fetch(url).then(
      ({ ok }) => ok,
      () => false, // not listening yet
    );
    if (answered) return;
    if (child.exitCode !== null) throw new Error('it ended');
    if (performance.now() > deadline) throw new Error('it took too long');
    await wait(50);
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
