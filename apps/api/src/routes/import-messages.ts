import { importBatch, type OnceAnswer, type Pool, withConnection } from '@messaging/db';
import {
  IdempotencyMismatchError,
  type Logger,
  noParameters,
  parseQuery,
  RequestTimeoutError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '@messaging/shared';
import { type RequestHandler, type Response, Router } from 'express';
import { readBody } from '../import/import-body.ts';
import { type ImportProgress, importLines, type StoreBatch } from '../import/import-lines.ts';
import { type ImportOnceDeps, importOnce } from '../import/import-once.ts';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import type { BodyMemory } from '../middleware/body-memory.ts';
import { allowLongBody } from '../middleware/body-time.ts';
import { allowOnly } from '../middleware/problem.ts';
import { readIdempotencyKey, sendAnswer } from '../request/idempotency.ts';
import { hasBody, requireMediaType } from '../request/request-body.ts';

/** What an import works with. */
export interface ImportMessagesDeps {
  /** For claims and leases. */
  commandDb: Pool;
  /** For batches. */
  importDb: Pool;
  /** What the bodies of all requests may hold together. */
  bodyMemory: BodyMemory;
  logger: Logger;
  metrics: Pick<ApiMetrics, 'importedLines' | 'replayed'>;
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
}

/** `POST /commands/import-messages`: a body of any length, one message a line, stored as it comes. */
export function importRoutes(deps: ImportMessagesDeps): Router {
  const router = Router();
  router
    .route('/commands/import-messages')
    .post(requireNdjson, refuseEncoding, refuseParameters, allowLongBody, async (req, res) => {
      const key = readIdempotencyKey(req, res);
      const progress = newProgress();
      const body = readBody(req, res, deps.closing);
      const held = deps.bodyMemory.open('import');
      const countLines = deps.metrics.importedLines;
      try {
        const answer = key
          ? await importOnce({ ...deps, held, countLines }, key, body, progress)
          : await importAll({ ...deps, held, countLines }, body, progress);
        if (answer.isReplay) deps.metrics.replayed('import-messages');
        sendAnswer(res, answer);
      } catch (error) {
        if (progress.hasBegun && !(error instanceof IdempotencyMismatchError)) logBrokenOff(deps.logger, res, progress);
        req.resume(); // what the client still sends is passed over, and the connection closed with the answer
        if (!res.headersSent) res.setHeader('Connection', 'close');
        throw withProgress(error, progress, key !== undefined);
      } finally {
        held.close();
      }
    })
    .all(allowOnly('POST'));
  return router;
}

async function importAll(
  { importDb, held, countLines }: ImportOnceDeps,
  body: AsyncIterable<Buffer>,
  progress: ImportProgress,
): Promise<OnceAnswer> {
  const source = { body, from: { lines: 0, bytes: 0 }, held };
  const store: StoreBatch = (lines) => withConnection(importDb, (client) => importBatch(client, lines));
  await importLines(source, store, progress, countLines);
  return { status: 200, body: JSON.stringify(progress.answer), isReplay: false };
}

const newProgress = (): ImportProgress => ({
  answer: { imported: 0, duplicates: 0, rejected: 0, errors: [] },
  hasBegun: false,
  lastLine: 0,
});

function logBrokenOff(logger: Logger, { locals }: Response, { answer, lastLine }: ImportProgress): void {
  const { imported, duplicates, rejected } = answer;
  const { requestId } = locals;
  logger.warn({ requestId, lastLine, imported, duplicates, rejected }, 'import broken off');
}

/** An import that breaks off is not undone: the failure says what was stored, and how to go on. */
function withProgress(error: unknown, { answer, lastLine }: ImportProgress, hasKey: boolean): unknown {
  const Failure = [UnavailableError, RequestTimeoutError].find((type) => error instanceof type);
  if (!Failure || lastLine === 0) return error;
  const { imported, duplicates, rejected } = answer;
  const advice = hasKey
    ? 'Send the same body again with the same Idempotency-Key: the import goes on where it stopped.'
    : `Send the lines from ${lastLine + 1} on; or all of them, if each has a clientMessageId.`;
  return new Failure(
    `The import stopped after line ${lastLine}: ${imported} imported, ${duplicates} duplicates, ${rejected} rejected. ${advice}`,
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
