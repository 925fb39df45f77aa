import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type LongMessage, type Queryable, readContents } from '@messaging/db';
import { type Pagination, UnavailableError } from '@messaging/shared';
import type { Request, Response } from 'express';
import pLimit from 'p-limit';
import { abortedByClient } from '../request/aborted-by-client.ts';
import { longPageJson } from './long-page-json.ts';

/** A page whose messages are known, and whose contents are still to be read where the page was read. */
export interface LongPage {
  db: Queryable;
  messages: LongMessage[];
  pagination: Pagination;
}

/** What ends the pages that are still being sent when the service closes. */
export interface LongPageSenderDeps {
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
  /** How long after that it still takes new requests. */
  drainDelayMs: number;
}

type SendLongPage = (req: Request, res: Response, name: string, page: LongPage) => Promise<void>;

/** Each takes 1 to 3 MiB of memory, also while its client does not read. */
const MAX_AT_ONCE = 32;
/** Of them, how many read or escape at the same time: other requests need the connections and the processor, too. */
const WORKING_AT_ONCE = 2;
/** What is still being sent this long after the last request was taken is cut off: a slow reader must not keep us open. */
const CLOSING_GRACE_MS = 3_000;

/**
 * Returns how a response is sent that is too long to be in memory: contents are read as the client takes them. What fails
 * before the first byte is a problem like any other; later the connection is destroyed, so that half a page does not pass
 * for a whole one. @throws UnavailableError where the database fails, or very many such pages are being sent
 */
export function createLongPageSender({ closing, drainDelayMs }: LongPageSenderDeps): SendLongPage {
  const sending = new Set<Response>();
  const inTurn = pLimit(WORKING_AT_ONCE);
  closing.addEventListener('abort', () => setTimeout(() => cutOff(sending), drainDelayMs + CLOSING_GRACE_MS).unref());
  return async (req, res, name, page) => {
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    if (sending.size >= MAX_AT_ONCE) {
      throw new UnavailableError('Too many long pages are being sent; try again shortly.');
    }
    sending.add(res);
    res.once('close', () => sending.delete(res));
    const chunks = longPageJson(name, readContents(page.db, page.messages), page.pagination);
    await writeAll(res, () => inTurn(() => nextTurn().then(() => chunks.next())));
  };
}

function cutOff(sending: Set<Response>): void {
  for (const res of sending) {
    res.locals.refusedBecause = 'The service is closing.';
    res.destroy();
  }
}

/** Writes no more than the client takes. @throws AbortError when it leaves, and what `next` throws */
async function writeAll(res: Response, next: () => Promise<IteratorResult<string>>): Promise<void> {
  const signal = abortedByClient(res);
  for (let chunk = await next(); !chunk.done; chunk = await next()) {
    if (!res.write(chunk.value)) await once(res, 'drain', { signal });
  }
  res.end();
}
