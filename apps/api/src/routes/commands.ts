import { createContact, type Queryable, sendMessage, updateContact } from '@messaging/db';
import * as contracts from '@messaging/shared';
import { InvalidInputError, MAX_CONTENT_BYTES, parse, UnsupportedMediaTypeError } from '@messaging/shared';
import express, { type RequestHandler, Router } from 'express';
import type { ApiDeps } from '../app.ts';
import { allowOnly } from '../problem.ts';

/** A command's answer: it is sent once the write is committed. */
interface Answer {
  status: number;
  body: unknown;
}

/** Each command by its name: takes the parsed JSON body. */
const COMMANDS: Record<string, (db: Queryable, body: unknown) => Promise<Answer>> = {
  'send-message': async (db, body) => ({
    status: 201,
    body: { message: await sendMessage(db, parse(contracts.sendMessage, body)) },
  }),
  'create-contact': async (db, body) => ({
    status: 201,
    body: { contact: await createContact(db, parse(contracts.createContact, body)) },
  }),
  'update-contact': async (db, body) => ({
    status: 200,
    body: { contact: await updateContact(db, parse(contracts.updateContact, body)) },
  }),
};

/** `POST /commands/<name>`: the one door for writes. */
export function commandRoutes({ db }: Pick<ApiDeps, 'db'>): Router {
  const router = Router();
  for (const [name, run] of Object.entries(COMMANDS)) {
    router
      .route(`/commands/${name}`)
      .post(requireJson, parseJson, async (req, res) => {
        const { status, body } = await run(db, requireObject(req.body));
        res.status(status).json(body);
      })
      .all(allowOnly('POST'));
  }
  return router;
}

/** JSON may write each byte of a content as six (`\u0041`), and other fields come with it. */
const parseJson = express.json({ limit: 6 * MAX_CONTENT_BYTES + 65_536, strict: false });

const requireJson: RequestHandler = (req, _res, next) => {
  if (!req.is('application/json')) {
    throw new UnsupportedMediaTypeError('Send a JSON body with Content-Type: application/json.');
  }
  next();
};

function requireObject(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new InvalidInputError([{ path: '', message: 'the body must be a JSON object' }]);
}
