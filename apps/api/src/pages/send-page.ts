import type { JsonPage, MessagesPage, Queryable } from '@messaging/db';
import type { Request, Response } from 'express';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import { type ReadResult, type Reads, setLagHeader } from '../replica/reads.ts';
import { type ChangesStamp, setChangesCursor } from './changes-cursor.ts';
import { sendJsonBytes, toJsonPage } from './json-page.ts';
import { createLongPageSender, type LongPage, type LongPageSenderDeps } from './send-long-page.ts';
import { createSharedReads } from './shared-reads.ts';

/** What sending a page works with. */
export interface PageSenderDeps extends LongPageSenderDeps {
  /** Reads that may be made on a replica. */
  reads: Reads;
  /** Every page tells from where its changes can be followed. */
  changeFeed: { stamp: ChangesStamp };
  metrics: Pick<ApiMetrics, 'sharedRead'>;
}

/** Answers with the page that `list` reads. */
type SendPage = (
  req: Request,
  res: Response,
  list: (db: Queryable) => Promise<JsonPage | MessagesPage>,
) => Promise<void>;

/**
 * Returns how a route answers with pages whose rows are called `name`; requests for the same URL share a read. Of a long
 * page they share which messages it shows, and each reads the contents at the pace of its client.
 */
export function createPageSender(name: string, { reads, metrics, changeFeed, ...service }: PageSenderDeps): SendPage {
  const share = createSharedReads<ReadResult<{ page: Buffer | LongPage; cursor: string | undefined }>>(
    metrics.sharedRead,
  );
  const sendLongPage = createLongPageSender(service);
  return async (req, res, list) => {
    const { value, lagMs } = await share(req.originalUrl, () =>
      reads.run(async ({ db }, { isReplica }) => {
        const toCursor = isReplica ? undefined : await changeFeed.stamp();
        const { pagination, snapshot, ...rows } = await list(db);
        const messages = 'longMessages' in rows && rows.longMessages;
        const page = messages ? { db, messages, pagination } : toJsonPage(name, { ...rows, pagination });
        return { page, cursor: toCursor?.(snapshot) };
      }),
    );
    setLagHeader(res, lagMs);
    setChangesCursor(res, value.cursor);
    if (Buffer.isBuffer(value.page)) sendJsonBytes(res, value.page);
    else await sendLongPage(req, res, name, value.page);
  };
}
