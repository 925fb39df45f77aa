import { getContact, listContacts } from '@messaging/db';
import { contactPath, contactsQuery, noParameters, parse, parseAll, parseQuery } from '@messaging/shared';
import { Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';
import { createPageSender, type PageSenderDeps } from '../pages/send-page.ts';
import { setLagHeader } from '../replica/reads.ts';

/** What the pages of contacts work with. */
export type ContactsDeps = PageSenderDeps;

/** `GET /contacts` and `GET /contacts/:contactId`. */
export function contactRoutes(deps: ContactsDeps): Router {
  const router = Router();
  const sendPage = createPageSender('contacts', deps);
  router
    .route('/contacts')
    .get(async (req, res) => {
      const query = parseQuery(contactsQuery, req.query);
      await sendPage(req, res, (db) => listContacts(db, query));
    })
    .all(allowOnly('GET', 'HEAD'));
  router
    .route('/contacts/:contactId')
    .get(async (req, res) => {
      const [{ contactId }] = parseAll(
        () => parse(contactPath, req.params),
        () => parseQuery(noParameters, req.query),
      );
      const { value, lagMs } = await deps.reads.run(({ db }) => getContact(db, contactId));
      setLagHeader(res, lagMs);
      res.json(value);
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}
