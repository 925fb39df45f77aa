import { setTimeout as wait } from 'node:timers/promises';
import { type FeedPosition, readChangesCursor, toChangesCursor } from '@messaging/db';
import { CursorExpiredError, changesQuery, InvalidInputError, parseQuery, UnavailableError } from '@messaging/shared';
import { type Request, type Response, Router } from 'express';
import type { ChangeFeed } from '../live/change-feed.ts';
import { sendEvents, sendReset } from '../live/event-stream.ts';
import type { Follower } from '../live/follower.ts';
import type { ReaderLimits } from '../live/reader-limits.ts';
import { allowOnly } from '../middleware/problem.ts';
import { abortedByClient } from '../request/aborted-by-client.ts';

/** What the live changes work with. */
export interface ChangesDeps {
  changeFeed: ChangeFeed;
  changeReaders: ReaderLimits;
  /** How long a cursor is known. */
  changesRetentionHours: number;
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
  /** How long after that it still takes new requests. */
  drainDelayMs: number;
}

const HOUR_MS = 3_600_000;
const STREAM = 'text/event-stream';

/** `GET /changes`: which conversations have changed since a cursor, as one answer or as a stream of events. */
export function changesRoutes(deps: ChangesDeps): Router {
  const router = Router();
  const closed = new AbortController();
  deps.closing.addEventListener(
    'abort',
    () => void wait(deps.drainDelayMs, undefined, { ref: false }).then(() => closed.abort()),
  );
  router
    .route('/changes')
    .get(async (req, res) => {
      const { after, ...query } = readQuery(req);
      const since = after === undefined ? null : readChangesCursor(after);
      const isStream = req.accepts(['application/json', STREAM]) === STREAM;
      if (req.method === 'HEAD' && isStream) res.type(STREAM).end();
      else await answer(res, deps, { ...query, since, isStream, closed: closed.signal });
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

/** A browser that connects again sends `Last-Event-ID`, and the URL as it was at first. */
function readQuery(req: Request) {
  const query = parseQuery(changesQuery, req.query);
  const last = req.get('last-event-id') || undefined;
  if (last === undefined) return query;
  const result = changesQuery.shape.after.safeParse(last);
  if (result.success) return { ...query, after: last };
  throw new InvalidInputError([{ path: 'Last-Event-ID', message: result.error.issues[0]?.message ?? '' }]);
}

interface Asked {
  since: FeedPosition | null;
  contactId?: number | undefined;
  wait: number;
  isStream: boolean;
  closed: AbortSignal;
}

async function answer(res: Response, deps: ChangesDeps, asked: Asked): Promise<void> {
  const { since, contactId, isStream, closed } = asked;
  res.once('close', deps.changeReaders.enter(res.locals.client?.name));
  if (since !== null && Date.now() - since.takenAtMs > deps.changesRetentionHours * HOUR_MS) {
    if (!isStream) throw new CursorExpiredError(EXPIRED);
    sendReset(res);
    return;
  }
  const follower = await deps.changeFeed.follow(since, contactId);
  try {
    if (res.closed) return; // a listener would not hear that any more
    if (isStream) await sendEvents(res, follower, closed);
    else await sendOnce(res, follower, asked);
  } finally {
    follower.close();
  }
}

async function sendOnce(res: Response, follower: Follower, { since, wait: waitS, closed }: Asked): Promise<void> {
  const waitMs = since === null ? 0 : waitS * 1_000;
  const batch = await follower.next(waitMs, AbortSignal.any([abortedByClient(res), closed]));
  if (batch === 'expired') throw new CursorExpiredError(EXPIRED);
  if (typeof batch === 'string') throw new UnavailableError('The service is closing.');
  res.setHeader('Cache-Control', 'no-store');
  res.json({ changes: since === null ? [] : batch.changes, cursor: toChangesCursor(batch.position) });
}

const EXPIRED =
  'The cursor is older than what is kept, or of another database. Read the list again, and go on from its Changes-Cursor.';
