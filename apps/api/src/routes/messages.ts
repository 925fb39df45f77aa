import { listMessages } from '@messaging/db';
import { contactPath, messagesQuery, parse, parseAll, parseQuery } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { allowOnly } from '../middleware/problem.ts';
import { createPageSender } from '../pages/send-page.ts';

/** `GET /contacts/:contactId/messages`: a thread, newest message first. */
export function messageRoutes(deps: Pick<ApiDeps, 'reads' | 'metrics' | 'closing' | 'drainDelayMs'>): Router {
  const router = Router();
  const sendPage = createPageSender('messages', deps);
  router
    .route('/contacts/:contactId/messages')
    .get(async (req, res) => {
      const [{ contactId }, query] = parseAll(
        () => parse(contactPath, req.params),
        () => parseQuery(messagesQuery, req.query),
      );
      await sendPage(req, res, (db) => listMessages(db, { ...query, contactId }));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
