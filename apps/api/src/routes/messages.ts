import { listMessages } from '@messaging/db';
import { contactPath, messagesQuery, parse } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonBytes, toJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';
import { createSharedReads } from '../shared-reads.ts';

/** `GET /contacts/:contactId/messages`: a thread, newest message first. */
export function messageRoutes({ db, metrics }: Pick<ApiDeps, 'db' | 'metrics'>): Router {
  const router = Router();
  const share = createSharedReads<Buffer>(metrics.sharedRead);
  router
    .route('/contacts/:contactId/messages')
    .get(async (req, res) => {
      const { contactId } = parse(contactPath, req.params);
      const query = parse(messagesQuery, req.query);
      const read = async () => toJsonPage('messages', await listMessages(db, { ...query, contactId }));
      sendJsonBytes(res, await share(req.originalUrl, read));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
