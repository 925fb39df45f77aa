import { listMissingMigrations } from '@messaging/db';
import { UnavailableError } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { allowOnly } from '../problem.ts';

/** `GET /livez` (the process only) and `GET /readyz` (asks PostgreSQL; 503 while closing). */
export function healthRoutes({ db, closing }: Pick<ApiDeps, 'db' | 'closing'>): Router {
  const router = Router();
  router
    .route('/livez')
    .get((_req, res) => {
      res.json({ status: 'ok' });
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/readyz')
    .get(async (_req, res) => {
      if (closing.aborted) throw new UnavailableError('The service is closing.');
      const missing = await listMissingMigrations(db);
      if (missing.length > 0) {
        throw new UnavailableError(`Migrations are missing: ${missing.join(', ')}. Run npm run db:migrate.`);
      }
      res.json({ status: 'ok' });
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
