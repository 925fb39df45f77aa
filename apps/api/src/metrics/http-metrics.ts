import type { Request, Response } from 'express';
import { Gauge, Histogram, type Registry } from 'prom-client';

declare global {
  namespace Express {
    interface Locals {
      /** Whose routes are not ours, and count as one: where they are. */
      mountedAt?: string;
    }
  }
}

/** Counts requests. `finished` is told of each that `started` was told of. */
export interface HttpMetrics {
  started: () => void;
  finished: (req: Request, res: Response, durationMs: number) => void;
}

/** The status of a request whose client did not stay for the whole answer, as nginx has it. */
const CLIENT_LEFT = 499;
/** What no route serves is one route: a path is the caller's, and must not make series. */
const UNKNOWN_ROUTE = 'unknown';

/** A URL may come with its host before the path (RFC 9112, absolute-form). */
const BELOW_API = /^(https?:\/\/[^/]+)?\/api\//i;

type Child = Pick<Histogram.Internal<string>, 'observe'>;

/** Creates the metrics of requests: how many there are now, and how long each took by method, route and status. */
export function createHttpMetrics(registers: Registry[]): HttpMetrics {
  let inFlight = 0;
  new Gauge({
    name: 'messaging_http_requests_in_flight',
    help: 'Requests that are being answered',
    registers,
    collect() {
      this.set(inFlight);
    },
  });
  const duration = new Histogram({
    name: 'messaging_http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  // Labels are checked once for each combination, not for each request.
  const routes = new Map<unknown, { template: string; children: Map<string, Child> }>();

  return {
    started() {
      inFlight += 1;
    },
    finished(req, res, durationMs) {
      inFlight -= 1;
      const served = res.locals.mountedAt ?? req.route;
      let route = routes.get(served);
      if (!route) {
        route = { template: templateOf(req, res), children: new Map() };
        routes.set(served, route);
      }
      const status = String(res.writableFinished ? res.statusCode : CLIENT_LEFT);
      const key = req.method + status;
      let child = route.children.get(key);
      if (!child) {
        child = duration.labels(req.method, route.template, status);
        route.children.set(key, child);
      }
      child.observe(durationMs / 1_000);
    },
  };
}

/**
 * The route that serves a request, as it is written (`/api/contacts/:contactId`), or `unknown`.
 * Where the route's router is mounted is not asked of `baseUrl`: that is as the caller wrote it, and empty after an error.
 */
export function templateOf({ route, originalUrl }: Request, { locals }: Response): string {
  if (locals.mountedAt) return locals.mountedAt;
  if (!route) return UNKNOWN_ROUTE;
  return (BELOW_API.test(originalUrl) ? '/api' : '') + route.path;
}
