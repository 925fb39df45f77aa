import { listMessages } from '@messaging/db';
import { contactPath, messagesQuery, parse, parseAll, parseQuery } from '@messaging/shared';
import { Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';
import { createPageSender, type PageSenderDeps } from '../pages/send-page.ts';

/** What the pages of a thread work with. */
export type MessagesDeps = PageSenderDeps;

/** `GET /contacts/:contactId/messages`: a thread, newest message first. */
export function messageRoutes(deps: MessagesDeps): Router {
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
