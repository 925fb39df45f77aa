import { isUnchangedSince, listConversations, type PageRequest, type Seen, type ViewStatus } from '@messaging/db';
import { LRUCache } from 'lru-cache';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import type { ReadResult, Reads } from '../replica/reads.ts';
import type { ChangesStamp } from './changes-cursor.ts';
import { toJsonPage } from './json-page.ts';
import { createSharedReads } from './shared-reads.ts';

/** Bytes of pages that are kept to be sent again. */
const KNOWN_PAGES_BYTES = 16 * 1_048_576;

/**
 * Reads pages of the list. Requests for the same page share reads; and a page that was read before is only asked for
 * whether any transaction has committed since, so that a quiet database answers a hot page at the price of that.
 * A replica always reads: its snapshots do not name the transactions that are running, so two equal ones prove nothing.
 */
export function createKnownPageReader({
  reads,
  changeFeed,
  metrics,
}: KnownPageDeps): (
  url: string,
  request: PageRequest,
) => Promise<ReadResult<KnownPage & { cursor: string | undefined }>> {
  const share = createSharedReads<ReadResult<KnownPage & { cursor: string | undefined }>>(metrics.sharedRead);
  const known = new LRUCache<string, KnownPage>({
    maxSize: KNOWN_PAGES_BYTES,
    sizeCalculation: ({ bytes }, url) => bytes.length + url.length + 1_000,
  });
  return (url, request) =>
    share(url, () =>
      reads.run(async ({ db }, { isReplica }) => {
        const toCursor = isReplica ? undefined : await changeFeed.stamp();
        const last = isReplica ? undefined : known.get(url);
        const isKnown = last !== undefined && (await isUnchangedSince(db, last.seen));
        metrics.knownPage(isKnown ? 'hit' : 'miss');
        if (isKnown) return { ...last, cursor: toCursor?.(last.seen.snapshot) };
        const page = await listConversations(db, request);
        const { view, snapshot, serverStart } = page;
        const answer = { bytes: toJsonPage('conversations', page), view, seen: { snapshot, serverStart } };
        if (!isReplica) known.set(url, answer);
        return { ...answer, cursor: toCursor?.(snapshot) };
      }),
    );
}

/** What the pages of the list work with. */
export interface KnownPageDeps {
  reads: Reads;
  changeFeed: { stamp: ChangesStamp };
  metrics: Pick<ApiMetrics, 'knownPage' | 'sharedRead'>;
}

/** A page as it is sent, and what the database was like when it was read. */
export interface KnownPage {
  bytes: Buffer;
  view: ViewStatus;
  seen: Seen;
}
