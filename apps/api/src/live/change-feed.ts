import { setTimeout as wait } from 'node:timers/promises';
import { type ChangesSince, type FeedPosition, listChanges, type Pool } from '@messaging/db';
import { createOutageLog, type Logger, type Running } from '@messaging/shared';
import pLimit from 'p-limit';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import type { ChangesStamp } from '../pages/changes-cursor.ts';
import { createSharedReads } from '../pages/shared-reads.ts';
import { createChangesStamp } from './changes-stamp.ts';
import { createFollower, type Follower, type FollowerInput } from './follower.ts';

/** What the live changes work with. */
export interface ChangeFeedDeps {
  /** Two connections to the primary: one asks for changes, the other catches up for those who come. */
  changesDb: Pool;
  logger: Logger;
  metrics: Pick<ApiMetrics, 'changesAsked' | 'changesFound'>;
}

/** Tells everybody who follows in this process which conversations change. */
export interface ChangeFeed extends Running {
  /**
   * Follows the changes after `since`, or from now on, of one contact or of all. The caller closes the follower. @throws
   * UnavailableError
   */
  follow: (since: FeedPosition | null, contactId: number | undefined) => Promise<Follower>;
  stamp: ChangesStamp;
}

/** A reader gets a change within 300 ms of its commit. */
const ASK_EVERY_MS = 100;
/** With very many pending changes a question takes longer. It may take a fifth of the time. */
const REST_FACTOR = 4;
const MOST_REST_MS = 1_000;

/**
 * While somebody follows, one loop asks the database for what has changed since it asked before, and hands it to all. So a
 * thousand followers cost the database what one costs. Who comes with an older cursor first gets what it has
 * missed.
 *
 * Nothing is missed between the two: the loop has a position before a follower's own read begins, and gives it whatever it
 * finds from then on. What both find is sent twice.
 */
export function createChangeFeed({ changesDb, logger, metrics }: ChangeFeedDeps): ChangeFeed {
  const inputs = new Set<FollowerInput>();
  const closing = new AbortController();
  const outage = createOutageLog(logger, 'live changes');
  const readMissed = createMissedReader(changesDb);
  let position: FeedPosition | null = null;
  let beginning: Promise<FeedPosition> | undefined;

  function begin(): Promise<FeedPosition> {
    beginning ??= listChanges(changesDb, null)
      .then((result) => {
        position = result.position;
        void askWhileFollowed();
        return result.position;
      })
      .catch((error: unknown) => {
        metrics.changesAsked(false);
        throw error;
      })
      .finally(() => {
        beginning = undefined;
      });
    return beginning;
  }

  async function askWhileFollowed(): Promise<void> {
    while (inputs.size > 0 && !closing.signal.aborted) {
      const beganAtMs = performance.now();
      try {
        await ask();
        outage.worked();
        metrics.changesAsked(true);
      } catch (error) {
        outage.failed(error); // what is missed meanwhile is sent when it works again
        metrics.changesAsked(false);
      }
      const tookMs = performance.now() - beganAtMs;
      const restMs = Math.min(MOST_REST_MS, Math.max(ASK_EVERY_MS, REST_FACTOR * tookMs));
      await wait(restMs, undefined, { signal: closing.signal }).catch(() => {});
    }
    metrics.changesAsked(true); // nobody misses anything
    position = null;
  }

  async function ask(): Promise<void> {
    const result = await listChanges(changesDb, position);
    position = result.position;
    if (result.isExpired) for (const input of inputs) input.end('expired');
    else {
      for (const input of inputs) input.add(result.changes, result.position);
      metrics.changesFound(result.changes.length);
    }
  }

  async function catchUp(input: FollowerInput, since: FeedPosition | null): Promise<void> {
    const begun = position ?? (await begin());
    if (since === null) {
      input.addMissed([], begun);
      return;
    }
    const missed = await readMissed(since);
    if (missed.isExpired) input.end('expired');
    else input.addMissed(missed.changes, missed.position);
  }

  return {
    async follow(since, contactId) {
      const { follower, input } = createFollower(contactId, (closed) => inputs.delete(closed));
      inputs.add(input);
      try {
        await catchUp(input, since);
        return follower;
      } catch (error) {
        follower.close();
        throw error;
      }
    },
    stamp: createChangesStamp(changesDb),
    async close() {
      closing.abort();
      for (const input of inputs) input.end('closing');
    },
  };
}

/** Reads what followers have missed: one read at a time, and the same for those with the same cursor. */
function createMissedReader(changesDb: Pool): (since: FeedPosition) => Promise<ChangesSince> {
  const share = createSharedReads<ChangesSince>();
  const oneAtATime = pLimit(1);
  return (since) => share(`${since.feed} ${since.snapshot}`, () => oneAtATime(() => listChanges(changesDb, since)));
}
