import { getMessage, listAllMessages, listMessages, searchMessages } from '@messaging/db';
import {
  contactPath,
  messagePath,
  messagesQuery,
  noParameters,
  parse,
  parseAll,
  parseQuery,
  type Tracing,
  threadQuery,
  traced,
} from '@messaging/shared';
import { type RequestHandler, Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';
import { setChangesCursor } from '../pages/changes-cursor.ts';
import { createPageSender, type PageSenderDeps } from '../pages/send-page.ts';
import { type Reads, setLagHeader } from '../replica/reads.ts';
import { abortedByClient } from '../request/aborted-by-client.ts';

/** What pages of messages, and searches of them, work with. */
export interface MessagesDeps extends PageSenderDeps {
  /** Absent where nobody collects traces. */
  tracing: Tracing | undefined;
}

/** `GET /messages`, `GET /messages/:messageId`, and `GET /contacts/:contactId/messages`: a thread, newest message first. */
export function messageRoutes(deps: MessagesDeps): Router {
  const router = Router();
  router.route('/messages').get(listOrSearch(deps)).all(allowOnly('GET', 'HEAD'));
  router.route('/messages/:messageId').get(showMessage(deps.reads)).all(allowOnly('GET', 'HEAD'));
  router.route('/contacts/:contactId/messages').get(listThread(deps)).all(allowOnly('GET', 'HEAD'));
  return router;
}

function listOrSearch(deps: MessagesDeps): RequestHandler {
  const sendPage = createPageSender('messages', deps);
  return async (req, res) => {
    const { searchValue, ...request } = parseQuery(messagesQuery, req.query);
    if (searchValue === '') {
      await sendPage(req, res, (db) => listAllMessages(db, request));
      return;
    }
    const gone = abortedByClient(res);
    const { value, lagMs } = await deps.reads.run(({ searchDb }, place) =>
      traced(deps.tracing, { name: 'search messages' }, async () => {
        const toCursor = place.isReplica ? undefined : await deps.changeFeed.stamp();
        const page = await searchMessages(searchDb, searchValue, request, AbortSignal.any([gone, place.signal]));
        return { ...page, cursor: toCursor?.(page.snapshot) };
      }),
    );
    const { messages, pagination, cursor } = value;
    setLagHeader(res, lagMs);
    setChangesCursor(res, cursor);
    res.json({ messages, pagination });
  };
}

function showMessage(reads: Reads): RequestHandler {
  return async (req, res) => {
    const [{ messageId }] = parseAll(
      () => parse(messagePath, req.params),
      () => parseQuery(noParameters, req.query),
    );
    const { value, lagMs } = await reads.run(({ db }) => getMessage(db, messageId));
    setLagHeader(res, lagMs);
    res.json(value);
  };
}

function listThread(deps: MessagesDeps): RequestHandler {
  const sendPage = createPageSender('messages', deps);
  return async (req, res) => {
    const [{ contactId }, query] = parseAll(
      () => parse(contactPath, req.params),
      () => parseQuery(threadQuery, req.query),
    );
    await sendPage(req, res, (db) => listMessages(db, { ...query, contactId }));
  };
}
