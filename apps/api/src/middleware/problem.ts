import {
  ExpectedError,
  type FailureCode,
  InvalidInputError,
  type Logger,
  type Problem,
  type ProblemCode,
  reasonOf,
  toProblem,
  UnavailableError,
} from '@messaging/shared';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { templateOf } from '../metrics/http-metrics.ts';

const RETRY_AFTER_SECONDS = '1';

/** Answers every failure with problem+json. A bug is logged with its stack; its answer says nothing of the inside. */
export function problemHandler({ logger }: { logger: Logger }): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    if (res.destroyed) {
      logger.debug({ requestId: res.locals.requestId }, 'client left before its answer');
      return;
    }
    const failure = fromHttpParser(error);
    const isExpected = failure instanceof ExpectedError;
    const { requestId } = res.locals;
    if (!isExpected) {
      logger.error({ err: failure, requestId, method: req.method, route: templateOf(req, res) }, 'request failed');
    }
    if (failure instanceof UnavailableError) {
      res.locals.refusedBecause = reasonOf(failure.cause ?? failure); // on the line of the request: an outage refuses many
    }
    if (res.headersSent) {
      res.destroy(); // half an answer must not pass for a whole one
      return;
    }
    if (!isExpected) {
      const detail = `Something went wrong on our side. If it goes on, report it with the request id ${requestId}.`;
      sendProblem(res, 'internal_error', detail);
      return;
    }
    if ('retryAfterSeconds' in failure && typeof failure.retryAfterSeconds === 'number') {
      res.setHeader('Retry-After', failure.retryAfterSeconds);
    }
    const errors = failure instanceof InvalidInputError ? { errors: failure.issues } : {};
    sendProblem(res, failure.code, failure.message, errors);
  };
}

/** For what the problem handler itself fails with: Express would print it to standard error. */
export const lastResort: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.destroy();
};

/** 404 for a path that no route serves. */
export const unknownRoute: RequestHandler = (req, res) => {
  sendProblem(res, 'not_found', `There is nothing at ${req.path}.`);
};

/** For a route's last `.all`: 405 with the methods it has; OPTIONS is answered with them. */
export function allowOnly(...methods: string[]): RequestHandler {
  const allow = [...methods, 'OPTIONS'].join(', ');
  return (req: Request, res: Response) => {
    res.setHeader('Allow', allow);
    if (req.method === 'OPTIONS') res.status(204).end();
    else sendProblem(res, 'method_not_allowed', `${req.method} is not allowed here; use ${methods.join(' or ')}.`);
  };
}

/** Sends one problem document, with the status of its code. */
export function sendProblem(
  res: Response,
  code: ProblemCode,
  detail: string,
  extra: Pick<Problem, 'errors'> = {},
): void {
  const problem = { ...toProblem(code, detail, res.locals.requestId), ...extra };
  if (code === 'unavailable') res.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** What Express and its body parser throw carries a status; these are the caller's mistakes, not bugs. */
function fromHttpParser(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ExpectedError || !('status' in error)) return error;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return error;
  return new HttpParserError(status, error);
}

/** A malformed request, refused before any route has seen it. */
class HttpParserError extends ExpectedError {
  readonly code: FailureCode;

  constructor(status: number, cause: Error) {
    super(PARSER_DETAILS[status] ?? 'The request is malformed.', { cause });
    this.code = status === 413 ? 'payload_too_large' : status === 415 ? 'unsupported_media_type' : 'invalid_input';
  }
}

const PARSER_DETAILS: Record<number, string> = {
  400: 'The request is malformed: its path, encoding or JSON body cannot be read.',
  413: 'The body is larger than this operation accepts.',
  415: 'The body has a charset or content encoding that is not supported; send UTF-8.',
};
