import { createHash } from 'node:crypto';
import type { IdempotencyKey, OnceAnswer } from '@messaging/db';
import { InvalidInputError, idempotencyKey, toIssues } from '@messaging/shared';
import type { Request, Response } from 'express';

/** The request's `Idempotency-Key` with who sent it; undefined without one. @throws InvalidInputError for a bad one */
export function readIdempotencyKey(req: Request, res: Response): IdempotencyKey | undefined {
  const header = req.headers['idempotency-key'];
  if (header === undefined) return undefined;
  const result = idempotencyKey.safeParse(header);
  if (result.success) return { client: res.locals.client?.name ?? '', key: result.data };
  throw new InvalidInputError(toIssues(result.error).map(({ message }) => ({ path: 'Idempotency-Key', message })));
}

/**
 * What distinguishes a repeated request from another one with the same key: the fields as they were sent. Only white space,
 * their order, and how JSON writes the same value do not count. Another spelling of the same time makes another request.
 */
export function hashRequest(command: string, sent: object): Buffer {
  const fields = Object.entries(sent).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(`${command}\n${JSON.stringify(Object.fromEntries(fields))}`)
    .digest();
}

/** Sends what a command was answered, and says whether it is the answer of an earlier request. */
export function sendAnswer(res: Response, { status, body, isReplay }: OnceAnswer): void {
  if (isReplay) res.setHeader('Idempotency-Replayed', 'true');
  res.status(status);
  if (body === null) res.end();
  else res.type('application/json').send(body);
}
