import { listMissingMigrations, type Pool } from '@messaging/db';
import { shareRunning, UnavailableError, waitAtMost } from '@messaging/shared';

const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Returns a check that resolves while requests can be served: `probes` reaches the database, which has all migrations, and
 * `closing` is not aborted. Checks that are asked for at once are one. @throws UnavailableError, within 2 s
 */
export function createReadinessCheck(probes: Pool, closing: AbortSignal): () => Promise<void> {
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
