import {
  type Answer,
  announceTrace,
  createContact,
  deleteContact,
  deleteMessage,
  inTransaction,
  type Pool,
  type Queryable,
  retryConflict,
  runOnce,
  sendMessage,
  updateContact,
  upsertContact,
} from '@messaging/db';
import * as contracts from '@messaging/shared';
import {
  InvalidInputError,
  MAX_CONTENT_BYTES,
  noParameters,
  parse,
  parseAll,
  parseQuery,
  readJsonObject,
  type Tracing,
  traced,
} from '@messaging/shared';
import express, { type RequestHandler, type Response, Router } from 'express';
import type { z } from 'zod';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import { type BodyMemory, holdBody, SMALL_BODY_BYTES } from '../middleware/body-memory.ts';
import { allowOnly } from '../middleware/problem.ts';
import { hashRequest, readIdempotencyKey, sendAnswer } from '../request/idempotency.ts';
import { requireMediaType } from '../request/request-body.ts';

/** What commands work with. */
export interface CommandsDeps {
  commandDb: Pool;
  /** What the bodies of all requests may hold together. */
  bodyMemory: BodyMemory;
  metrics: Pick<ApiMetrics, 'replayed' | 'retried'>;
  /** Absent where nobody collects traces. */
  tracing: Tracing | undefined;
}

/** `POST /commands/<name>`: the one door for writes. Each is answered once it is committed. */
export function commandRoutes(deps: CommandsDeps): Router {
  const router = Router();
  for (const [name, command] of Object.entries(COMMANDS)) {
    router
      .route(`/commands/${name}`)
      .post(
        requireJson,
        holdBody(deps.bodyMemory, command.maxBodyBytes),
        readBody(command),
        handle(deps, name, command),
      )
      .all(allowOnly('POST'));
  }
  return router;
}

interface Command {
  schema: z.ZodType;
  status: (result: unknown) => number;
  /** Does it, and returns the answer's body; undefined for none. */
  run: (db: Queryable, input: unknown) => Promise<unknown>;
  maxBodyBytes: number;
}

/** Keeps the type of the input between a schema and what runs on it. */
const define = <Schema extends z.ZodType, Result>(
  status: number | ((result: Result) => number),
  schema: Schema,
  run: (db: Queryable, input: z.output<Schema>) => Promise<Result>,
  maxBodyBytes = SMALL_BODY_BYTES,
): Command => ({
  schema,
  status: typeof status === 'number' ? () => status : (status as Command['status']),
  run: run as Command['run'],
  maxBodyBytes,
});

/** JSON may write each byte of a content as six (`\u0041`), and other fields come with it. */
const CONTENT_BODY_BYTES = 6 * MAX_CONTENT_BYTES + SMALL_BODY_BYTES;

const COMMANDS: Record<string, Command> = {
  'send-message': define(
    201,
    contracts.sendMessage,
    async (db, input) => ({ message: await sendMessage(db, input) }),
    CONTENT_BODY_BYTES,
  ),
  'receive-message': define(
    201,
    contracts.receiveMessage,
    async (db, input) => ({ message: await sendMessage(db, { ...input, direction: 'inbound' }) }),
    CONTENT_BODY_BYTES,
  ),
  'create-contact': define(201, contracts.createContact, async (db, input) => ({
    contact: await createContact(db, input),
  })),
  'update-contact': define(200, contracts.updateContact, async (db, input) => ({
    contact: await updateContact(db, input),
  })),
  'upsert-contact': define(
    ({ outcome }) => (outcome === 'created' ? 201 : 200),
    contracts.upsertContact,
    upsertContact,
  ),
  'delete-message': define(204, contracts.deleteMessage, deleteMessage),
  'delete-contact': define(204, contracts.deleteContact, deleteContact),
};

function handle(
  { commandDb, metrics, tracing }: CommandsDeps,
  name: string,
  { schema, status, run }: Command,
): RequestHandler {
  return async (req, res) => {
    const [key, [sent, input]] = parseAll(
      () => readIdempotencyKey(req, res),
      () => parseBody(schema, req.body),
      () => parseQuery(noParameters, req.query),
    );
    const execute = async (queryable: Queryable) => {
      const answer = await run(queryable, input);
      return { status: status(answer), body: answer === undefined ? null : JSON.stringify(answer) };
    };
    const answer = await traced(tracing, { name: `command ${name}` }, async () => {
      const traceparent = tracing?.current();
      const work = traceparent === undefined ? execute : announcing(traceparent, execute);
      const runWork = async () => {
        if (key) return runOnce(commandDb, { ...key, hash: hashRequest(name, sent) }, work);
        return {
          ...(await (traceparent === undefined ? work(commandDb) : inTransaction(commandDb, work))),
          isReplay: false,
        };
      };
      return retryConflict(runWork, () => metrics.retried(name));
    });
    if (answer.isReplay) metrics.replayed(name);
    sendAnswer(res, answer);
  };
}

/** A command whose refresh belongs to its trace. It costs statements of its own, so only those are that are traced. */
const announcing =
  (traceparent: string, execute: (db: Queryable) => Promise<Answer>) =>
  async (db: Queryable): Promise<Answer> => {
    await announceTrace(db, traceparent);
    return execute(db);
  };

const requireJson = requireMediaType('application/json', 'Send a JSON body with Content-Type: application/json.');

const readBody = ({ maxBodyBytes }: Command): RequestHandler =>
  express.raw({
    limit: maxBodyBytes,
    type: () => true,
    verify: (_req, res, bytes) => (res as Response).locals.heldBody?.shrinkTo(bytes.length),
  });

/** The object that was sent, and what it means. @throws InvalidInputError */
function parseBody<Schema extends z.ZodType>(schema: Schema, body: Buffer | undefined): [object, z.output<Schema>] {
  const read = !body?.length ? { problem: 'is missing: send a JSON object' } : readJsonObject(body);
  if ('problem' in read) throw new InvalidInputError([{ path: '', message: `the body ${read.problem}` }]);
  return [read.value, parse(schema, read.value)];
}
