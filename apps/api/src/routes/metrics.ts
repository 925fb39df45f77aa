import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { allowOnly } from '../middleware/problem.ts';

/** `GET /metrics`, for Prometheus. It tells nothing of contacts or messages; where there are keys it needs one that may read. */
export function metricsRoutes({ metrics, access }: Pick<ApiDeps, 'metrics' | 'access'>): Router {
  const router = Router();
  router
    .route('/metrics')
    .all(access.requireScope('read'))
    .get(async (_req, res) => {
      const { contentType, text } = await metrics.scrape();
      const body = Buffer.from(text);
      res.set('Content-Type', contentType).set('Content-Length', String(body.length)).end(body); // also for HEAD
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
