import { toRequestId } from '@messaging/shared';
import type { RequestHandler } from 'express';
import type { ApiDeps } from './app.ts';

/** What is asked all the time, by machines. */
export const PROBES = new Set(['/livez', '/readyz', '/metrics']);

declare global {
  namespace Express {
    interface Locals {
      requestId: string;
      /** Why a dependency could not serve the request. */
      refusedBecause?: string;
    }
  }
}

/**
 * Gives each request an id (the caller's, if it is sane) and logs one line when it is finished.
 * It is also where requests are measured: a middleware of its own would cost each of them more.
 * The line has the path without its query: a search term can be a name or a phone number.
 */
export function requestLog({
  logger,
  closing,
  metrics,
}: Pick<ApiDeps, 'logger' | 'closing' | 'metrics'>): RequestHandler {
  const { http } = metrics;
  return (req, res, next) => {
    const startedMs = performance.now();
    const requestId = toRequestId(req.get('x-request-id'));
    res.locals.requestId = requestId;
    res.setHeader('X-Request-Id', requestId);
    if (closing.aborted) res.setHeader('Connection', 'close');
    const { method, path } = req;
    http.started();
    res.once('close', () => {
      const level = PROBES.has(path) ? 'debug' : 'info';
      const elapsedMs = performance.now() - startedMs;
      http.finished(req, res, elapsedMs);
      const durationMs = Math.round(elapsedMs * 100) / 100;
      const finished = res.writableFinished;
      const { client, refusedBecause } = res.locals;
      const outcome = { status: res.statusCode, durationMs, finished, ...(refusedBecause && { refusedBecause }) };
      logger[level]({ requestId, method, path, ...outcome, client: client?.name }, 'request');
    });
    next();
  };
}
