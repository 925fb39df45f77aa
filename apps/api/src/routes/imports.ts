import {
  contactImport,
  emptyAnswer,
  type ImportKind,
  type ImportOnceDeps,
  type ImportProgress,
  importBatch,
  importLines,
  importOnce,
  messageImport,
  type Numbered,
  type OnceAnswer,
  type Pool,
  toBody,
  withConnection,
} from '@messaging/db';
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
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import type { BodyMemory } from '../middleware/body-memory.ts';
import { allowLongBody } from '../middleware/body-time.ts';
import { allowOnly } from '../middleware/problem.ts';
import { readIdempotencyKey, sendAnswer } from '../request/idempotency.ts';
import { readBody } from '../request/import-body.ts';
import { hasBody, requireMediaType } from '../request/request-body.ts';

/** What an import works with. */
export interface ImportsDeps {
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

/** `POST /commands/import-messages` and `import-contacts`: a body of any length, one object a line, stored as it comes. */
export function importRoutes(deps: ImportsDeps): Router {
  const router = Router();
  addRoute(router, messageImport, deps);
  addRoute(router, contactImport, deps);
  return router;
}

function addRoute<Line extends Numbered>(router: Router, kind: ImportKind<Line>, deps: ImportsDeps): void {
  router
    .route(`/commands/${kind.command}`)
    .post(requireNdjson, refuseEncoding, refuseParameters, allowLongBody, async (req, res) => {
      const key = readIdempotencyKey(req, res);
      const progress = { answer: emptyAnswer(kind.outcomes), hasBegun: false, lastLine: 0 };
      const body = readBody(req, res, deps.closing);
      const held = deps.bodyMemory.open('import');
      const hooks = countLines(deps.metrics);
      try {
        const answer = key
          ? await importOnce(kind, { ...deps, held, hooks }, key, body, progress)
          : await importAll(kind, { ...deps, held, hooks }, body, progress);
        if (answer.isReplay) deps.metrics.replayed(kind.command);
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
}

async function importAll<Line extends Numbered>(
  { schema, store }: ImportKind<Line>,
  { importDb, held, hooks }: ImportOnceDeps,
  body: AsyncIterable<Buffer>,
  progress: ImportProgress,
): Promise<OnceAnswer> {
  const source = { body, from: { lines: 0, bytes: 0 }, held };
  const storeBatch = (lines: Line[]) => withConnection(importDb, (client) => importBatch(client, lines, store));
  await importLines(source, { schema, store: storeBatch }, progress, hooks);
  return { status: 200, body: toBody(progress.answer), isReplay: false };
}

const countLines = ({ importedLines }: ImportsDeps['metrics']): ImportOnceDeps['hooks'] => ({
  onStored(counts) {
    for (const [outcome, count] of Object.entries(counts)) importedLines(outcome, count);
  },
});

function logBrokenOff(logger: Logger, { locals }: Response, { answer, lastLine }: ImportProgress): void {
  const { counts, rejected } = answer;
  const { requestId } = locals;
  logger.warn({ requestId, lastLine, ...counts, rejected }, 'import broken off');
}

/** An import that breaks off is not undone: the failure says what was stored, and how to go on. */
function withProgress(error: unknown, { answer, lastLine }: ImportProgress, hasKey: boolean): unknown {
  const Failure = [UnavailableError, RequestTimeoutError].find((type) => error instanceof type);
  if (!Failure || lastLine === 0) return error;
  const counts = Object.entries({ ...answer.counts, rejected: answer.rejected });
  const done = counts.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const advice = hasKey
    ? 'Send the same body again with the same Idempotency-Key: the import goes on where it stopped.'
    : `Send the lines from ${lastLine + 1} on; or all of them, if each has a clientMessageId or an externalId.`;
  return new Failure(`The import stopped after line ${lastLine}: ${done}. ${advice}`, { cause: error });
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
