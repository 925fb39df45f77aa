import {
  isUnchangedSince,
  listConversations,
  type PageRequest,
  searchConversations,
  type ViewStatus,
} from '@messaging/db';
import { conversationsQuery, parseQuery, traced } from '@messaging/shared';
import { type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { abortedByClient } from '../request/aborted-by-client.ts';
import type { ApiDeps } from '../app.ts';
import { sendJsonBytes, toJsonPage } from '../pages/json-page.ts';
import { allowOnly } from '../middleware/problem.ts';
import { type ReadResult, type Reads, setLagHeader } from '../replica/reads.ts';
import { createSharedReads } from '../pages/shared-reads.ts';

/** `GET /conversations`: the newest conversations, or those that match `searchValue`. */
export function conversationRoutes({
  reads,
  metrics,
  tracing,
}: Pick<ApiDeps, 'reads' | 'metrics' | 'tracing'>): Router {
  const router = Router();
  const readPage = createPageReader(reads, metrics);
  router
    .route('/conversations')
    .get(async (req, res) => {
      const { searchValue, ...request } = parseQuery(conversationsQuery, req.query);
      if (searchValue === '') {
        const { value, lagMs } = await readPage(req.originalUrl, request);
        const { bytes, view } = value;
        setLagHeader(res, lagMs);
        setViewHeaders(res, view);
        sendJsonBytes(res, bytes);
      } else {
        const startedMs = performance.now();
        const gone = abortedByClient(res);
        const { value, lagMs } = await reads.run(({ searchDb }, place) =>
          traced(tracing, { name: 'search' }, async (span) => {
            const signal = AbortSignal.any([gone, place.signal]);
            const found = await searchConversations(searchDb, searchValue, request, signal);
            span?.set({ 'messaging.search_way': found.way });
            return found;
          }),
        );
        const { conversations, pagination, way, view } = value;
        metrics.searched(way, performance.now() - startedMs);
        setLagHeader(res, lagMs);
        setViewHeaders(res, view);
        res.json({ conversations, pagination });
      }
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

interface KnownPage {
  bytes: Buffer;
  view: ViewStatus;
  snapshot: string;
}

/** Bytes of pages that are kept to be sent again. */
const KNOWN_PAGES_BYTES = 16 * 1_048_576;

/**
 * Reads pages of the list. Requests for the same page share reads; and a page that was read before is only asked for
 * whether any transaction has committed since, so that a quiet database answers a hot page at the price of that.
 * A replica always reads: its snapshots do not name the transactions that are running, so two equal ones prove nothing.
 */
function createPageReader(
  reads: Reads,
  metrics: ApiDeps['metrics'],
): (url: string, request: PageRequest) => Promise<ReadResult<KnownPage>> {
  const share = createSharedReads<ReadResult<KnownPage>>(metrics.sharedRead);
  const known = new LRUCache<string, KnownPage>({
    maxSize: KNOWN_PAGES_BYTES,
    sizeCalculation: ({ bytes }, url) => bytes.length + url.length + 1_000,
  });
  return (url, request) =>
    share(url, () =>
      reads.run(async ({ db }, { isReplica }) => {
        const last = isReplica ? undefined : known.get(url);
        const isKnown = last !== undefined && (await isUnchangedSince(db, last.snapshot));
        metrics.knownPage(isKnown ? 'hit' : 'miss');
        if (isKnown) return last;
        const page = await listConversations(db, request);
        const { view, snapshot } = page;
        const answer = { bytes: toJsonPage('conversations', page), view, snapshot };
        if (!isReplica) known.set(url, answer);
        return answer;
      }),
    );
}

/** Tells how far the materialized view is behind; the answer itself is fresh. */
function setViewHeaders(res: Response, { refreshedAt, pendingChanges }: ViewStatus): void {
  if (refreshedAt !== null) res.setHeader('View-Refreshed-At', refreshedAt);
  res.setHeader('View-Pending-Changes', String(pendingChanges));
}
