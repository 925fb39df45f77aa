import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Logger,
  type Metrics,
  type ProblemCode,
  type Running,
  shareRunning,
  toProblem,
  toRequestId,
} from '@messaging/shared';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import { checkReadiness } from './readiness.ts';
import type { WorkerParts } from './worker-state.ts';

/**
 * Serves `/livez` (the process only), `/readyz` (listener, queue, last refresh; 503 for every method with what is not well,
 * and while starting and closing) and `/metrics`. @throws when the port is taken
 */
export async function startHttpServer(
  { host, port }: { host: string; port: number },
  parts: WorkerParts,
  metrics: Metrics,
  logger: Logger,
): Promise<Running & { port: number }> {
  const server = createServer(createHttpApp(parts, metrics, logger));
  Object.assign(server, { httpAllowHalfOpen: true }); // who says that nothing more is sent, still waits: as in the API
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

function createHttpApp(parts: WorkerParts, metrics: Metrics, logger: Logger): Express {
  const checkShared = shareRunning(() => checkReadiness(parts));
  const app = express().disable('x-powered-by').disable('etag');
  app.use((req, res, next) => {
    res.locals.requestId = toRequestId(req.get('x-request-id'));
    res.setHeader('X-Request-Id', res.locals.requestId);
    next();
  });
  app
    .route('/livez')
    .get((_req, res) => {
      res.json({ status: 'ok' });
    })
    .all(allowOnlyGet);
  app
    .route('/readyz')
    .all(async ({ method }, res, next) => {
      const readiness = await checkShared();
      if (readiness.status !== 'ok') res.status(503).set('Retry-After', '1').json(readiness);
      else if (method === 'GET' || method === 'HEAD') res.json(readiness);
      else next();
    })
    .all(allowOnlyGet);
  app
    .route('/metrics')
    .get(async (_req, res) => {
      const { contentType, text } = await metrics.scrape();
      res.set('Content-Type', contentType).end(text);
    })
    .all(allowOnlyGet);
  app.use((req, res) => {
    sendProblem(res, 'not_found', `There is nothing at ${req.path}; there are /livez, /readyz and /metrics.`);
  });
  app.use(answerBugs(logger));
  return app;
}

const allowOnlyGet: RequestHandler = (req, res) => {
  res.set('Allow', 'GET, HEAD');
  sendProblem(res, 'method_not_allowed', `${req.method} is not allowed here; use GET.`);
};

/** What a handler throws is a bug: the log has it, the answer says nothing of the inside. */
function answerBugs(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const { requestId } = res.locals;
    logger.error({ err: error, requestId, route: req.route?.path }, 'request failed');
    if (res.headersSent) res.destroy();
    else sendProblem(res, 'internal_error', `Something went wrong on our side; the log has it as ${requestId}.`);
  };
}

function sendProblem(res: Response, code: ProblemCode, detail: string): void {
  const problem = toProblem(code, detail, res.locals.requestId);
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
