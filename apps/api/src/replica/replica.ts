import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from '@messaging/db';
import { createOutageLog, type Logger, type Running, UnavailableError } from '@messaging/shared';
import { askPrimary, askReplica, type LogPosition, requireReplicaOf } from './log-positions.ts';
import type { ReadPools, ReadReplica } from './reads.ts';
import { createReadsInFlight } from './reads-in-flight.ts';
import { createReplayProgress } from './replay-progress.ts';

/** A streaming replica that is watched. */
export interface Replica extends Running, ReadReplica {}

export interface ReplicaOptions {
  pools: ReadPools;
  /** Connections to the replica and to the primary for polling alone, so that no load keeps it waiting. */
  watch: Pool;
  watchPrimary: Pool;
  maxLagMs: number;
  logger: Logger;
}

/** What the lag is exact to. */
const POLL_INTERVAL_MS = 250;

/**
 * Watches a replica: four times a second asks the primary for its position in the log, then the replica how far it has
 * come. Its lag is the age of the newest of these positions that it has reached, whatever clocks say, and also where a
 * stream broke unnoticed. It grows while the primary does not respond. A replica that does not respond within 2 s, that lags
 * more than `maxLagMs`, or that does not follow this primary (any more) is not used.
 */
export async function startReplica({ pools, watch, watchPrimary, maxLagMs, logger }: ReplicaOptions): Promise<Replica> {
  const outage = createOutageLog(logger, 'replica');
  const readsInFlight = createReadsInFlight();
  const measureLag = createLagMeter({ watch, watchPrimary, maxLagMs });
  let lagMs: number | undefined;

  async function poll(): Promise<void> {
    try {
      lagMs = await measureLag();
      if (lagMs !== undefined) outage.worked();
    } catch (error) {
      lagMs = undefined;
      outage.failed(error);
      readsInFlight.abortAll(new UnavailableError('The replica cannot be used.', { cause: error }));
    }
  }

  await poll();
  const polling = startPolling(poll);
  return { pools, lagMs: () => lagMs, runWhileUsable: readsInFlight.runWhileUsable, ...polling };
}

/**
 * Measures how far behind the replica is, in ms; undefined where it has just been met and is not where the primary was
 * then. @throws UnavailableError where it is more than `maxLagMs`, and what `askReplica` and `requireReplicaOf` throw
 */
function createLagMeter({
  watch,
  watchPrimary,
  maxLagMs,
}: Pick<ReplicaOptions, 'watch' | 'watchPrimary' | 'maxLagMs'>) {
  const metAtMs = performance.now();
  const progress = createReplayProgress(maxLagMs);
  /** Where the primary was when it responded last. */
  let primary: LogPosition | undefined;
  /** How far the replica was when it responded last. */
  let replayed = 0n;
  return async (): Promise<number | undefined> => {
    const askedAtMs = performance.now();
    const answer = await askPrimary(watchPrimary);
    const isAhead = answer !== undefined && answer.position < replayed;
    if (answer) {
      primary = answer;
      progress.asked(answer.position, askedAtMs);
    }
    const replica = await askReplica(watch);
    replayed = replica.position;
    if (isAhead) throw new UnavailableError('it has replayed more than the primary has written');
    if (primary) requireReplicaOf(primary, replica);
    progress.replayed(replica.position);
    const nowMs = performance.now();
    const behindMs = progress.behindMs(nowMs);
    if ((behindMs ?? nowMs - metAtMs) > maxLagMs) throw new UnavailableError(`it is more than ${maxLagMs} ms behind`);
    return behindMs === undefined ? undefined : Math.round(behindMs);
  };
}

/** Polls repeatedly, never twice at once; `check` skips the pause, and `close` waits for the poll in progress. */
function startPolling(poll: () => Promise<void>): Pick<Replica, 'check' | 'close'> {
  const stop = new AbortController();
  let early = new AbortController();
  const polling = (async () => {
    while (!stop.signal.aborted) {
      await wait(POLL_INTERVAL_MS, undefined, { signal: early.signal }).catch(() => {}); // only `check` and `close` abort it
      early = new AbortController();
      if (!stop.signal.aborted) await poll();
    }
  })();
  return {
    check: () => early.abort(),
    async close() {
      stop.abort();
      early.abort();
      await polling;
    },
  };
}
