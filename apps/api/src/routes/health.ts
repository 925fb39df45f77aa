import { listMissingMigrations, type Pool } from '@messaging/db';
import { shareRunning, UnavailableError, waitAtMost } from '@messaging/shared';
import { Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';

const ANSWER_TIMEOUT_MS = 2_000;

/** What the probes work with. */
export interface HealthDeps {
  /** A connection for asking whether the database answers, so that no load keeps probes waiting. */
  probes: Pool;
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
}

/** `GET /livez` (the process only) and `GET /readyz` (asks PostgreSQL; 503 for every method while it is not ready). */
export function healthRoutes({ probes, closing }: HealthDeps): Router {
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

/**
 * Returns a check that resolves while requests can be served: `probes` reaches the database, which has all migrations, and
 * `closing` is not aborted. Concurrent checks are one. @throws UnavailableError, within 2 s
 */
function createReadinessCheck(probes: Pool, closing: AbortSignal): () => Promise<void> {
  const askDatabase = shareRunning(() =>
    listMissingMigrations(probes).then(
      (missing) => ({ missing }),
      (error: unknown) => ({ error }),
    ),
  );
  return async () => {
    const answer = closing.aborted ? undefined : await waitAtMost(ANSWER_TIMEOUT_MS, askDatabase(), undefined);
    if (closing.aborted) throw new UnavailableError('The service is closing.'); // perhaps since the check began
    if (!answer) throw new UnavailableError(`The database did not answer within ${ANSWER_TIMEOUT_MS} ms.`);
    if ('error' in answer) throw new UnavailableError('The database cannot be asked.', { cause: answer.error });
    const { missing } = answer;
    if (missing.length === 0) return;
    throw new UnavailableError(`Migrations are missing: ${missing.join(', ')}. Run npm run db:migrate.`);
  };
}
