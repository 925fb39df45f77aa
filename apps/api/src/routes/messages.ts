import { listMessages } from '@messaging/db';
import { contactPath, messagesQuery, parse, parseAll } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonBytes, toJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';
import { type ReadResult, setLagHeader } from '../replica/reads.ts';
import { createSharedReads } from '../shared-reads.ts';

/** `GET /contacts/:contactId/messages`: a thread, newest message first. */
export function messageRoutes({ reads, metrics }: Pick<ApiDeps, 'reads' | 'metrics'>): Router {
  const router = Router();
  const share = createSharedReads<ReadResult<Buffer>>(metrics.sharedRead);
  router
    .route('/contacts/:contactId/messages')
    .get(async (req, res) => {
      const [{ contactId }, query] = parseAll(
        () => parse(contactPath, req.params),
        () => parse(messagesQuery, req.query),
      );
      const { value, lagMs } = await share(req.originalUrl, () =>
        reads.run(async ({ db }) => toJsonPage('messages', await listMessages(db, { ...query, contactId }))),
      );
      setLagHeader(res, lagMs);
      sendJsonBytes(res, value);
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
