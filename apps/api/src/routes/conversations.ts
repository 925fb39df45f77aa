import { getViewStatus, listConversations, searchConversations, type ViewStatus } from '@messaging/db';
import { conversationsQuery, parse } from '@messaging/shared';
import { type Response, Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonBytes, toJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';
import { createSharedReads } from '../shared-reads.ts';

/** `GET /conversations`: the newest conversations, or those that match `searchValue`. */
export function conversationRoutes({ db, searchDb }: Pick<ApiDeps, 'db' | 'searchDb'>): Router {
  const router = Router();
  const share = createSharedReads<{ bytes: Buffer; view: ViewStatus }>();
  router
    .route('/conversations')
    .get(async (req, res) => {
      const { searchValue, ...request } = parse(conversationsQuery, req.query);
      if (searchValue === '') {
        const { bytes, view } = await share(req.originalUrl, async () => {
          const page = await listConversations(db, request);
          return { bytes: toJsonPage('conversations', page), view: page.view };
        });
        setViewHeaders(res, view);
        sendJsonBytes(res, bytes);
      } else {
        const [{ conversations, pagination }, view] = await Promise.all([
          searchConversations(searchDb, searchValue, request, abortedByClient(res)),
          getViewStatus(db),
        ]);
        setViewHeaders(res, view);
        res.json({ conversations, pagination });
      }
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

/** Aborts when the client goes away before it has its answer. */
function abortedByClient(res: Response): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Tells how far the materialized view is behind; the answer itself is fresh. */
function setViewHeaders(res: Response, { refreshedAt, pendingChanges }: ViewStatus): void {
  if (refreshedAt !== null) res.setHeader('View-Refreshed-At', refreshedAt);
  res.setHeader('View-Pending-Changes', String(pendingChanges));
}
