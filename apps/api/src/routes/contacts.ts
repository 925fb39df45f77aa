import { getContact, listContacts } from '@messaging/db';
import { contactPath, contactsQuery, parse } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonBytes, toJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';
import { type ReadResult, setLagHeader } from '../replica/reads.ts';
import { createSharedReads } from '../shared-reads.ts';

/** `GET /contacts` and `GET /contacts/:contactId`. */
export function contactRoutes({ reads, metrics }: Pick<ApiDeps, 'reads' | 'metrics'>): Router {
  const router = Router();
  const share = createSharedReads<ReadResult<Buffer>>(metrics.sharedRead);
  router
    .route('/contacts')
    .get(async (req, res) => {
      const query = parse(contactsQuery, req.query);
      const { value, lagMs } = await share(req.originalUrl, () =>
        reads.run(async ({ db }) => toJsonPage('contacts', await listContacts(db, query))),
      );
      setLagHeader(res, lagMs);
      sendJsonBytes(res, value);
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/contacts/:contactId')
    .get(async (req, res) => {
      const { contactId } = parse(contactPath, req.params);
      const { value, lagMs } = await reads.run(({ db }) => getContact(db, contactId));
      setLagHeader(res, lagMs);
      res.json(value);
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
