import type { JsonPage, Queryable } from '@messaging/db';
import type { Request, Response } from 'express';
import type { ApiDeps } from './app.ts';
import { sendJsonBytes, toJsonPage } from './json-page.ts';
import { type ReadResult, setLagHeader } from './replica/reads.ts';
import { createSharedReads } from './shared-reads.ts';

/** Answers with the page that `list` reads. */
type SendPage = (req: Request, res: Response, list: (db: Queryable) => Promise<JsonPage>) => Promise<void>;

/** Returns how a route answers with pages whose rows are called `name`; requests for the same URL share a read. */
export function createPageSender(name: string, { reads, metrics }: Pick<ApiDeps, 'reads' | 'metrics'>): SendPage {
  const share = createSharedReads<ReadResult<Buffer>>(metrics.sharedRead);
  return async (req, res, list) => {
    const { value, lagMs } = await share(req.originalUrl, () =>
      reads.run(async ({ db }) => toJsonPage(name, await list(db))),
    );
    setLagHeader(res, lagMs);
    sendJsonBytes(res, value);
  };
}
