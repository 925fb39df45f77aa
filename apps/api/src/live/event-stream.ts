import { once } from 'node:events';
import { toChangesCursor } from '@messaging/db';
import type { Response } from 'express';
import { abortedByClient } from '../request/aborted-by-client.ts';
import type { Batch, Follower } from './follower.ts';

/** A proxy may cut a connection on which nothing moves for 60 s, and a reader may lose the cursor of its last event. */
const HEARTBEAT_MS = 10_000;
/** A reader who takes nothing for so long has to come again with its cursor. */
const STALLED_MS = 30_000;
/** How long the last events may take to arrive. */
const CLOSING_GRACE_MS = 3_000;
/** When a reader whose stream has ended comes again: not all at the same moment. */
const [RETRY_FROM_MS, RETRY_TO_MS] = [500, 3_000];

/**
 * Sends the changes of a follower as server-sent events, until the reader leaves or `closing` aborts. Memory does not grow
 * with what a slow reader does not take.
 */
export async function sendEvents(res: Response, follower: Follower, closing: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([abortedByClient(res), closing]);
  setStreamHeaders(res);
  await write(res, `retry: ${RETRY_FROM_MS + Math.floor(Math.random() * (RETRY_TO_MS - RETRY_FROM_MS))}\n\n`, signal);
  res.socket?.once('end', () => findOutWhetherGone(res));
  let lastCursor: string | undefined;
  // The first is what was missed, or a heartbeat with the cursor from which the reader can go on.
  for (let timeoutMs = 0; !signal.aborted; timeoutMs = HEARTBEAT_MS) {
    const batch = await follower.next(timeoutMs, signal);
    if (signal.aborted) break;
    if (typeof batch === 'string') {
      if (batch === 'expired') res.write(RESET);
      break;
    }
    const cursor = toChangesCursor(batch.position);
    for (const text of toEvents(batch, cursor, lastCursor)) await write(res, text, signal);
    lastCursor = cursor;
  }
  res.end();
  // Who has stopped reading must not keep the service open.
  const cuttingOff = setTimeout(() => res.destroy(), CLOSING_GRACE_MS).unref();
  res.once('close', () => clearTimeout(cuttingOff));
}

/**
 * A reader that has gone looks like one that only sends no more. Its machine answers what is sent with a reset, and that is noticed when
 * the next is sent.
 */
function findOutWhetherGone(res: Response): void {
  const comment = () => {
    if (!res.writableEnded) res.write(':\n\n');
  };
  comment();
  const again = setTimeout(comment, 500).unref();
  res.once('close', () => clearTimeout(again));
}

/** Tells a reader that its cursor is not known any more, and ends. */
export function sendReset(res: Response): void {
  setStreamHeaders(res);
  res.end(RESET);
}

const RESET = 'event: reset\ndata: {}\n\n';

function setStreamHeaders(res: Response): void {
  res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store, no-transform');
  res.setHeader('X-Accel-Buffering', 'no'); // nginx would keep events until its buffer is full
}

/**
 * Only the last event of a batch has its cursor, because a reader that goes on from it has seen all of them. Those before
 * have the cursor of the batch before; so have none while there was no other.
 */
function* toEvents({ changes }: Batch, cursor: string, lastCursor: string | undefined): Generator<string> {
  if (changes.length === 0) yield `event: heartbeat\nid: ${cursor}\ndata: ${JSON.stringify({ cursor })}\n\n`;
  for (const [index, change] of changes.entries()) {
    const id = index === changes.length - 1 ? cursor : lastCursor;
    yield `event: change\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(change)}\n\n`;
  }
}

/** Resolves when the text is on its way. Destroys the connection of a reader that has stopped reading. */
async function write(res: Response, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || res.write(text)) return;
  const stalled = AbortSignal.timeout(STALLED_MS);
  await once(res, 'drain', { signal: AbortSignal.any([signal, stalled]) }).catch(() => {
    if (stalled.aborted) res.destroy();
  });
}
