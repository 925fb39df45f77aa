import { Router } from 'express';
import type { Access } from '../access/authenticate.ts';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import { allowOnly } from '../middleware/problem.ts';

/** What the page of metrics works with. */
export interface MetricsDeps {
  metrics: Pick<ApiMetrics, 'scrape'>;
  access: Pick<Access, 'requireScope'>;
}

/** `GET /metrics`, for Prometheus. It tells nothing of contacts or messages; where there are keys it needs one that may read. */
export function metricsRoutes({ metrics, access }: MetricsDeps): Router {
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
