import { createQueuePool, REFRESH_QUEUE } from '@messaging/db';
import {
  createOutageLog,
  type DatabaseConfig,
  type Logger,
  type Running,
  UnavailableError,
  waitAtMost,
} from '@messaging/shared';
import type { PostgresConnectionOptions, Queue } from 'bullmq';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { Redis } from 'ioredis';
import type { Access } from '../access/authenticate.ts';
import { allowOnly, sendProblem } from '../middleware/problem.ts';

/** Whether there is a dashboard of the queue, and where the queue lives: the worker's settings. */
export interface QueueDashboardConfig {
  enabled: boolean;
  redisUrl: string | undefined;
  prefix: string;
}

/** A page that shows the queue; absent where it is off. */
export interface QueueDashboard extends Running {
  routes: (access: Access) => RequestHandler;
}

const PATH = '/admin/queues';
const QUEUE_AWAY = 'The queue does not answer.';
const COMMAND_TIMEOUT_MS = 2_000;
/** BullMQ waits for a queue that is away; a page, and a close, do not. */
const ANSWER_TIMEOUT_MS = 3_000;
const CLOSE_TIMEOUT_MS = 1_500;

/**
 * Opens Bull Board on the queue of refreshes: a connection to the queue of its own, which is not waited for. It only
 * shows: nothing has to be done by hand, and a browser that has the key would send it with a request of another page.
 * Where it is off, neither it nor BullMQ is loaded.
 */
export async function startQueueDashboard(
  { enabled, ...config }: QueueDashboardConfig,
  database: DatabaseConfig,
  logger: Logger,
): Promise<QueueDashboard | undefined> {
  if (!enabled) return undefined;
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]);
  const { queue, close } = await openQueue(config, database);
  const outage = createOutageLog(logger, 'queue of the dashboard');
  queue.on('error', (error) => outage.failed(error));
  const serverAdapter = new ExpressAdapter().setBasePath(PATH);
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode: true })],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Refreshes' } },
  });
  serverAdapter.setErrorHandler((error) => {
    if ('status' in error) throw error; // of a body that cannot be read
    outage.failed(error);
    throw new UnavailableError(QUEUE_AWAY, { cause: error }); // problem.ts answers it
  });
  logger.info({ path: PATH }, 'queue dashboard is on');
  return {
    routes: (access) => dashboardRoutes(access, serverAdapter.getRouter()),
    close,
  };
}

function dashboardRoutes(access: Access, pages: RequestHandler): RequestHandler {
  const router = Router();
  const nameRoute: RequestHandler = (_req, res, next) => {
    res.locals.mountedAt = PATH;
    next();
  };
  const refuseChanges: RequestHandler = (req, res, next) =>
    ['GET', 'HEAD'].includes(req.method) ? next() : allowOnly('GET', 'HEAD')(req, res, next);
  return router.use(
    PATH,
    nameRoute,
    access.requireScopeOfPage('admin'),
    refuseChanges,
    allowOwnScripts(),
    limitTime,
    pages,
  );
}

const limitTime: RequestHandler = (_req, res, next) => {
  const timer = setTimeout(() => {
    if (res.headersSent) return;
    sendProblem(res, 'unavailable', QUEUE_AWAY);
    res.json = () => res; // what comes late has nobody to go to
  }, ANSWER_TIMEOUT_MS);
  res.once('close', () => clearTimeout(timer));
  next();
};

/** Its scripts come from us, its styles are partly in its elements. The font that it asks another origin for is not had. */
function allowOwnScripts(): RequestHandler {
  return helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'base-uri': ["'self'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  });
}

/** The tables of a queue in PostgreSQL are the worker's to make. */
async function openQueue(
  { redisUrl, prefix }: Omit<QueueDashboardConfig, 'enabled'>,
  database: DatabaseConfig,
): Promise<Running & { queue: Queue }> {
  const { createPostgresBackend, Queue, withBackend } = await import('bullmq');
  if (redisUrl !== undefined) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: 0, commandTimeout: COMMAND_TIMEOUT_MS });
    const queue = new Queue(REFRESH_QUEUE, { connection, prefix, skipMetasUpdate: true });
    return { queue, close: async () => connection.disconnect() };
  }
  const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
  const pool = createQueuePool(
    { ...database, poolSize: 2, statementTimeoutMs: COMMAND_TIMEOUT_MS },
    'messaging-dashboard',
  );
  const connection = pool as unknown as PostgresConnectionOptions; // whose types describe a pool in words of their own
  const queue = new PostgresQueue(REFRESH_QUEUE, { connection, skipMetasUpdate: true }) as unknown as Queue;
  const close = async () => {
    await queue.close();
    await pool.end();
  };
  return { queue, close: () => waitAtMost(CLOSE_TIMEOUT_MS, close(), undefined) };
}
