import type { Request, RequestHandler, Response } from 'express';
import { hasBody } from '../request/request-body.ts';
import { sendProblem } from './problem.ts';

/** How long an answer to a body that came too slowly may take to be read. */
const LINGER_MS = 1_000;

declare global {
  namespace Express {
    interface Locals {
      /** How the time of the body is counted; absent without a body. */
      bodyTime?: 'whole' | 'idle';
      /** Set by a route that answers a body which pauses for too long itself, because it has something to say. */
      onBodyPaused?: () => void;
    }
  }
}

/**
 * Answers 408 and closes the connection when a body has not come whole within `timeoutMs`: who sends a byte now and then
 * would keep a connection for ever. It covers bodies that nobody reads, too. Node's own `requestTimeout` could not be
 * lifted for a single route.
 */
export function limitBodyTime(timeoutMs: number): RequestHandler {
  return (req, res, next) => {
    if (!hasBody(req)) return next();
    res.locals.bodyTime = 'whole';
    let bytesBefore = req.socket.bytesRead;
    const timer = setInterval(() => {
      const { bytesRead, destroyed } = req.socket;
      // What waits in our buffer, waits for us and not for the client.
      const flows = bytesRead > bytesBefore || req.readableLength > 0;
      bytesBefore = bytesRead;
      if (res.locals.bodyTime === 'idle' && flows && !res.writableEnded) return;
      clearInterval(timer);
      if (!req.complete && !destroyed) refuse(req, res);
    }, timeoutMs).unref();
    // A request is closed when it is answered, even while its body still comes.
    req.once('close', () => req.complete && clearInterval(timer));
    next();
  };
}

/**
 * For a route that streams a body of any length: it may take as long as it flows. Only one of which nothing came for the
 * whole time, once or twice the time of `limitBodyTime`, is refused.
 */
export const allowLongBody: RequestHandler = (_req, res, next) => {
  if (res.locals.bodyTime) res.locals.bodyTime = 'idle';
  next();
};

function refuse(req: Request, res: Response): void {
  const { socket } = req;
  if (res.headersSent) {
    socket.destroy(); // it was answered before the body was there
    return;
  }
  if (res.locals.onBodyPaused) {
    res.locals.onBodyPaused();
    return;
  }
  res.setHeader('Connection', 'close');
  res.once('finish', () => setTimeout(() => socket.destroy(), LINGER_MS).unref());
  sendProblem(res, 'request_timeout', 'The body took too long to arrive.');
}
