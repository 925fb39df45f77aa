import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { listMissingMigrations, type Pool } from '@messaging/db';
import type { Running } from '@messaging/shared';
import express, { type Express } from 'express';
import type { WorkerConfig } from './config.ts';
import type { Listener } from './listener.ts';
import type { RefreshQueue } from './refresh-queue.ts';

interface HealthDeps {
  pool: Pool;
  queue: RefreshQueue;
  listener: Listener;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Serves `/livez` (the process only) and `/readyz` (PostgreSQL, listener, queue: 503 naming what is not well). */
export async function startHealthServer(
  { host, port }: Pick<WorkerConfig, 'host' | 'port'>,
  deps: HealthDeps,
): Promise<Running & { port: number }> {
  const server = createServer(createHealthApp(deps));
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error & { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken. Stop what uses it, or set WORKER_PORT to another port.`, { cause: error });
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function createHealthApp(deps: HealthDeps): Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.get('/livez', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.get('/readyz', async (_req, res) => {
    const problems = await listProblems(deps);
    if (problems.length === 0) res.json({ status: 'ok' });
    else res.status(503).set('Retry-After', '1').json({ status: 'unavailable', problems });
  });
  return app;
}

async function listProblems({ pool, queue, listener }: HealthDeps): Promise<string[]> {
  const [missing, answers] = await Promise.all([
    listMissingMigrations(pool).catch(() => null),
    Promise.race([
      queue.ping().then(
        () => true,
        () => false,
      ),
      wait(CHECK_TIMEOUT_MS, false, { ref: false }),
    ]),
  ]);
  const problems: string[] = [];
  if (missing === null) problems.push('the database does not answer');
  else if (missing.length > 0) problems.push(`migrations are missing: ${missing.join(', ')}; run npm run db:migrate`);
  if (!listener.isConnected()) problems.push('the listener is not connected');
  if (!answers) problems.push('the queue does not answer');
  return problems;
}
