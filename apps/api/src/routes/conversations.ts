import { getViewStatus, listConversations, searchConversations, type ViewStatus } from '@messaging/db';
import { conversationsQuery, parse } from '@messaging/shared';
import { type Response, Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';

/** `GET /conversations`: the newest conversations, or those that match `searchValue`. */
export function conversationRoutes({ db }: Pick<ApiDeps, 'db'>): Router {
  const router = Router();
  router
    .route('/conversations')
    .get(async (req, res) => {
      const { searchValue, ...request } = parse(conversationsQuery, req.query);
      if (searchValue === '') {
        const page = await listConversations(db, request);
        setViewHeaders(res, page.view);
        sendJsonPage(res, 'conversations', page);
      } else {
        const [{ conversations, pagination }, view] = await Promise.all([
          searchConversations(db, searchValue, request),
          getViewStatus(db),
        ]);
        setViewHeaders(res, view);
        res.json({ conversations, pagination });
      }
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

/** Tells how far the materialized view is behind; the answer itself is fresh. */
function setViewHeaders(res: Response, { refreshedAt, pendingChanges }: ViewStatus): void {
  if (refreshedAt !== null) res.setHeader('View-Refreshed-At', refreshedAt);
  res.setHeader('View-Pending-Changes', String(pendingChanges));
}
