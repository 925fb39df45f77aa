import { pipeline } from 'node:stream/promises';
import { exportContacts, exportMessages, type Pool } from '@messaging/db';
import { exportContactsQuery, exportMessagesQuery, type Logger, parseQuery, UnavailableError } from '@messaging/shared';
import { type Request, type Response, Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';

/** What an export works with. */
export interface ExportsDeps {
  /** A connection for each export at a time. */
  exportDb: Pool;
  logger: Logger;
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
}

type Export = (db: Pool, send: (lines: NodeJS.ReadableStream) => Promise<void>) => Promise<void>;

/** An export holds a snapshot, which keeps PostgreSQL from vacuuming. So a client may pause for this long, and not longer. */
const PATIENCE_MS = 300_000;

/** `GET /export/contacts` and `GET /export/messages`: all rows as lines of JSON, as fast as the client reads them. */
export function exportRoutes(deps: ExportsDeps): Router {
  const router = Router();
  router
    .route('/export/contacts')
    .get((req, res) => {
      const query = parseQuery(exportContactsQuery, req.query);
      return sendLines(req, res, deps, (db, send) => exportContacts(db, query, send));
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/export/messages')
    .get((req, res) => {
      const query = parseQuery(exportMessagesQuery, req.query);
      return sendLines(req, res, deps, (db, send) => exportMessages(db, query, send));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

/**
 * What fails before the first line is a problem like any other. Later the connection is destroyed, so that half an export does
 * not pass for a whole one; so it is when the service closes, because the client can go on elsewhere.
 */
async function sendLines(
  req: Request,
  res: Response,
  { exportDb, logger, closing }: ExportsDeps,
  run: Export,
): Promise<void> {
  res.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  res.setTimeout(PATIENCE_MS, () => res.destroy(new Error('the client has stopped reading')));
  try {
    await run(exportDb, async (lines) => {
      if (closing.aborted) throw new UnavailableError('The service is closing.');
      await pipeline(lines, res, { signal: closing });
    });
  } catch (error) {
    const { requestId } = res.locals;
    const hasLeft = (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (res.headersSent && !hasLeft) logger.warn({ requestId, err: error }, 'export broken off');
    throw error;
  }
}
