import { searchConversations, type ViewStatus } from '@messaging/db';
import { conversationsQuery, parseQuery, type Tracing, traced } from '@messaging/shared';
import { type Response, Router } from 'express';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import { allowOnly } from '../middleware/problem.ts';
import { type ChangesStamp, setChangesCursor } from '../pages/changes-cursor.ts';
import { sendJsonBytes } from '../pages/json-page.ts';
import { createKnownPageReader } from '../pages/known-pages.ts';
import { type Reads, setLagHeader } from '../replica/reads.ts';
import { abortedByClient } from '../request/aborted-by-client.ts';

/** What the list and the search of conversations work with. */
export interface ConversationsDeps {
  /** Searches have connections of their own, so that a slow one holds up no page. */
  reads: Reads;
  /** Every page tells from where its changes can be followed. */
  changeFeed: { stamp: ChangesStamp };
  metrics: Pick<ApiMetrics, 'knownPage' | 'searched' | 'sharedRead'>;
  /** Absent where nobody collects traces. */
  tracing: Tracing | undefined;
}

/** `GET /conversations`: the newest conversations, or those that match `searchValue`. */
export function conversationRoutes(deps: ConversationsDeps): Router {
  const router = Router();
  const { reads, changeFeed, metrics, tracing } = deps;
  const readPage = createKnownPageReader(deps);
  router
    .route('/conversations')
    .get(async (req, res) => {
      const { searchValue, ...request } = parseQuery(conversationsQuery, req.query);
      if (searchValue === '') {
        const { value, lagMs } = await readPage(req.originalUrl, request);
        const { bytes, view, cursor } = value;
        setLagHeader(res, lagMs);
        setChangesCursor(res, cursor);
        setViewHeaders(res, view);
        sendJsonBytes(res, bytes);
      } else {
        const startedMs = performance.now();
        const gone = abortedByClient(res);
        const { value, lagMs } = await reads.run(({ searchDb }, place) =>
          traced(tracing, { name: 'search' }, async (span) => {
            const signal = AbortSignal.any([gone, place.signal]);
            const toCursor = place.isReplica ? undefined : await changeFeed.stamp();
            const found = await searchConversations(searchDb, searchValue, request, signal);
            span?.set({ 'messaging.search_way': found.way });
            return { ...found, cursor: toCursor?.(found.snapshot) };
          }),
        );
        const { conversations, pagination, way, view, cursor } = value;
        metrics.searched(way, performance.now() - startedMs);
        setLagHeader(res, lagMs);
        setChangesCursor(res, cursor);
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
