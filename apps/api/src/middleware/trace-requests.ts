import type { Tracing } from '@messaging/shared';
import type { RequestHandler } from 'express';
import { templateOf } from '../metrics/http-metrics.ts';
import { PROBES } from './request-log.ts';

/** Makes each request a step of a trace: the caller's where it sends a `traceparent`, else one of its own. Not the probes. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (req, res, next) => {
    const { method, path } = req;
    if (PROBES.has(path)) return next();
    const attributes = { 'http.request.method': method, 'messaging.request_id': res.locals.requestId };
    tracing.start({ name: method, kind: 'server', parent: req.get('traceparent') ?? '', attributes }, (span) => {
      res.once('close', () => {
        const route = templateOf(req, res); // its path can be an id, or anything
        span.rename(`${method} ${route}`);
        span.set({ 'http.route': route, 'http.response.status_code': res.statusCode });
        if (!res.writableFinished) span.fail('the client left');
        else if (res.statusCode >= 500) span.fail(res.locals.refusedBecause);
        span.end();
      });
      next();
    });
  };
}
