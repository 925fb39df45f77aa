import { createHash, type Hash } from 'node:crypto';
import { addAbortSignal, finished, PassThrough } from 'node:stream';
import { importBatch, type OnceAnswer, runLongOnce, withConnection } from '@messaging/db';
import { type Logger, noParameters, parseQuery, UnavailableError, UnsupportedMediaTypeError } from '@messaging/shared';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type pg from 'pg';
import { allowLongBody } from '../access/body-time.ts';
import type { ApiDeps } from '../app.ts';
import { readIdempotencyKey, sendAnswer } from '../idempotency.ts';
import { type ImportProgress, importLines } from '../import/import-lines.ts';
import { allowOnly } from '../problem.ts';
import { hasBody, requireMediaType } from '../request-body.ts';

type ImportDeps = Pick<ApiDeps, 'importDb' | 'logger' | 'metrics' | 'closing'>;

/** `POST /commands/import-messages`: a body of any length, one message a line, stored as it comes. */
export function importRoutes(deps: ImportDeps): Router {
  const router = Router();
  router
    .route('/commands/import-messages')
    .post(requireNdjson, refuseEncoding, refuseParameters, allowLongBody, async (req, res) => {
      const progress = newProgress();
      try {
        const answer = await withConnection(deps.importDb, (client) => runImport(client, req, res, progress, deps));
        if (answer.isReplay) deps.metrics.replayed('import-messages');
        sendAnswer(res, answer);
      } catch (error) {
        if (progress.hasBegun) logBrokenOff(deps.logger, res.locals.requestId, progress);
        req.resume(); // what the client still sends is passed over, and the connection closed with the answer
        if (!res.headersSent) res.setHeader('Connection', 'close');
        throw withProgress(error, progress);
      }
    })
    .all(allowOnly('POST'));
  return router;
}

const newProgress = (): ImportProgress => ({
  answer: { imported: 0, duplicates: 0, rejected: 0, errors: [] },
  hasBegun: false,
  lastLine: 0,
});

function logBrokenOff(logger: Logger, requestId: string, { answer, lastLine }: ImportProgress): void {
  const { imported, duplicates, rejected } = answer;
  logger.warn({ requestId, lastLine, imported, duplicates, rejected }, 'import broken off');
}

async function runImport(
  client: pg.PoolClient,
  req: Request,
  res: Response,
  progress: ImportProgress,
  { closing, metrics }: ImportDeps,
): Promise<OnceAnswer> {
  const hash = createHash('sha256').update('import-messages\n');
  const run = async () => {
    const body = bytesOf(req, hash, closing);
    await importLines(body, (lines) => importBatch(client, lines), progress, metrics.importedLines);
    return { status: 200, body: JSON.stringify(progress.answer), hash: hash.digest() };
  };
  const key = readIdempotencyKey(req, res);
  return key
    ? runLongOnce(client, key, { run, readHash: () => readHash(req, hash, closing) })
    : { ...(await run()), isReplay: false };
}

/**
 * The body as it comes, until the service closes: who sends slowly must not keep it. Leaving off does not close the
 * connection, over which the answer still has to go.
 */
async function* bytesOf(req: Request, hash: Hash, closing: AbortSignal): AsyncGenerator<Buffer> {
  const body = addAbortSignal(closing, new PassThrough());
  finished(req, (error) => error && body.destroy(error)); // which a pipe does not tell
  try {
    for await (const chunk of req.pipe(body)) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw closing.aborted ? new UnavailableError('The service is closing.', { cause: error }) : error;
  }
}

async function readHash(req: Request, hash: Hash, closing: AbortSignal): Promise<Buffer> {
  for await (const _ of bytesOf(req, hash, closing));
  return hash.digest();
}

/** An import that breaks off is not undone: the failure says what was stored, and where to go on. */
function withProgress(error: unknown, { answer, lastLine }: ImportProgress): unknown {
  if (!(error instanceof UnavailableError) || lastLine === 0) return error;
  const { imported, duplicates, rejected } = answer;
  return new UnavailableError(
    `The import stopped after line ${lastLine}: ${imported} imported, ${duplicates} duplicates, ${rejected} rejected. ` +
      `Send the lines from ${lastLine + 1} on; or all of them, if each has a clientMessageId.`,
    { cause: error },
  );
}

const requireNdjson = requireMediaType(
  'application/x-ndjson',
  'Send lines of JSON with Content-Type: application/x-ndjson.',
);

const refuseParameters: RequestHandler = (req, _res, next) => {
  parseQuery(noParameters, req.query);
  next();
};

const refuseEncoding: RequestHandler = (req, _res, next) => {
  if (hasBody(req) && (req.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new UnsupportedMediaTypeError('Send the lines as they are, without Content-Encoding.');
  }
  next();
};
