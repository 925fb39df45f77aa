import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { allowOnly } from '../middleware/problem.ts';
import { createReadinessCheck } from '../readiness.ts';

/** `GET /livez` (the process only) and `GET /readyz` (asks PostgreSQL; 503 for every method while it is not ready). */
export function healthRoutes({ probes, closing }: Pick<ApiDeps, 'probes' | 'closing'>): Router {
  const requireReadiness = createReadinessCheck(probes, closing);
  const router = Router();
  router
    .route('/livez')
    .get((_req, res) => {
      res.json({ status: 'ok' });
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/readyz')
    .all(async (_req, _res, next) => {
      await requireReadiness();
      next();
    })
    .get((_req, res) => {
      res.json({ status: 'ok' });
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
