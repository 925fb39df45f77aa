import { getContact, listContacts } from '@messaging/db';
import { contactPath, contactsQuery, parse } from '@messaging/shared';
import { Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { sendJsonPage } from '../json-page.ts';
import { allowOnly } from '../problem.ts';

/** `GET /contacts` and `GET /contacts/:contactId`. */
export function contactRoutes({ db }: Pick<ApiDeps, 'db'>): Router {
  const router = Router();
  router
    .route('/contacts')
    .get(async (req, res) => {
      sendJsonPage(res, 'contacts', await listContacts(db, parse(contactsQuery, req.query)));
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
