import { pipeline } from 'node:stream/promises';
import { exportContacts, exportMessages, type Pool } from '@messaging/db';
import { exportContactsQuery, exportMessagesQuery, parseQuery } from '@messaging/shared';
import { type Request, type Response, Router } from 'express';
import { endStalled } from '../export/end-stalled.ts';
import { allowOnly } from '../middleware/problem.ts';

/** What an export works with. */
export interface ExportsDeps {
  /** A connection for each export at a time. */
  exportDb: Pool;
}

type Export = (db: Pool, send: (lines: NodeJS.ReadableStream) => Promise<void>) => Promise<void>;

/** `GET /export/contacts` and `GET /export/messages`: all rows as lines of JSON, as fast as the client reads them. */
export function exportRoutes({ exportDb }: ExportsDeps): Router {
  const router = Router();
  router
    .route('/export/contacts')
    .get((req, res) => {
      const query = parseQuery(exportContactsQuery, req.query);
      return sendLines(req, res, exportDb, (db, send) => exportContacts(db, query, send));
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/export/messages')
    .get((req, res) => {
      const query = parseQuery(exportMessagesQuery, req.query);
      return sendLines(req, res, exportDb, (db, send) => exportMessages(db, query, send));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

/**
 * What fails before the first line is a problem like any other. Later the connection is destroyed, so that half an export does
 * not pass for a whole one.
 */
async function sendLines(req: Request, res: Response, db: Pool, run: Export): Promise<void> {
  res.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  await run(db, (lines) => pipeline(lines, endStalled(), res));
}
