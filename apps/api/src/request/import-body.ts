import { addAbortSignal, finished, PassThrough } from 'node:stream';
import { RequestTimeoutError, UnavailableError } from '@messaging/shared';
import type { Request, Response } from 'express';

/**
 * The body as it comes, until the service closes or the body pauses for too long. Leaving off does not close the
 * connection, over which the answer still has to go. The iteration throws UnavailableError or RequestTimeoutError then.
 */
export function readBody(req: Request, res: Response, closing: AbortSignal): AsyncIterable<Buffer> {
  const paused = new AbortController();
  res.locals.onBodyPaused = () => paused.abort();
  return streamBody(req, closing, paused.signal);
}

async function* streamBody(req: Request, closing: AbortSignal, paused: AbortSignal): AsyncGenerator<Buffer> {
  const body = addAbortSignal(AbortSignal.any([closing, paused]), new PassThrough());
  finished(req, (error) => error && body.destroy(error)); // which a pipe does not tell
  try {
    yield* req.pipe(body);
  } catch (error) {
    if (closing.aborted) throw new UnavailableError('The service is closing.', { cause: error });
    if (paused.aborted) throw new RequestTimeoutError('The body paused for too long.', { cause: error });
    throw error;
  }
}
