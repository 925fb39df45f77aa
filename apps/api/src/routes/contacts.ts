import { getContact, listContacts } from '@messaging/db';
import { contactPath, contactsQuery, parse } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonBytes, toJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';
import { createSharedReads } from '../shared-reads.ts';

/** `GET /contacts` and `GET /contacts/:contactId`. */
export function contactRoutes({ db, metrics }: Pick<ApiDeps, 'db' | 'metrics'>): Router {
  const router = Router();
  const share = createSharedReads<Buffer>(metrics.sharedRead);
  router
    .route('/contacts')
    .get(async (req, res) => {
      const query = parse(contactsQuery, req.query);
      sendJsonBytes(
        res,
        await share(req.originalUrl, async () => toJsonPage('contacts', await listContacts(db, query))),
      );
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/contacts/:contactId')
    .get(async (req, res) => {
      const { contactId } = parse(contactPath, req.params);
      res.json(await getContact(db, contactId));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
