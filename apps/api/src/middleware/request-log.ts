import { type Logger, toRequestId } from '@messaging/shared';
import type { Request, RequestHandler, Response } from 'express';
import { type HttpMetrics, templateOf } from '../metrics/http-metrics.ts';

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

/** What the log of requests works with. */
export interface RequestLogDeps {
  logger: Logger;
  metrics: { http: HttpMetrics };
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
}

/**
 * Gives each request an id (the caller's, if it is sane) and logs one line when it is finished.
 * It is also where requests are measured: a middleware of its own would cost each of them more.
 * The line has no query, because a search term can be a name or a phone number, and of a path only what `loggedPath` says.
 */
export function requestLog({ logger, closing, metrics }: RequestLogDeps): RequestHandler {
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
      const shown = { method, path: loggedPath(path, req, res) };
      logger[level]({ requestId, ...shown, ...outcome, client: client?.name }, 'request');
    });
    next();
  };
}

/**
 * The path where something was served, because what it names exists then. Else the template of its route, or `unknown`:
 * a request that was refused can have a name or a phone number where an id belongs.
 */
function loggedPath(path: string, req: Request, res: Response): string {
  const wasServed = (res.statusCode < 300 || res.statusCode === 304) && req.method !== 'OPTIONS';
  return wasServed && !res.locals.mountedAt ? path : templateOf(req, res);
}
