import { listMessages } from '@messaging/db';
import { contactPath, messagesQuery, parse } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';

/** `GET /contacts/:contactId/messages`: a thread, newest message first. */
export function messageRoutes({ db }: Pick<ApiDeps, 'db'>): Router {
  const router = Router();
  router
    .route('/contacts/:contactId/messages')
    .get(async (req, res) => {
      const { contactId } = parse(contactPath, req.params);
      const query = parse(messagesQuery, req.query);
      sendJsonPage(res, 'messages', await listMessages(db, { ...query, contactId }));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
