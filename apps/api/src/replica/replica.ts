import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from '@messaging/db';
import { createOutageLog, type Logger, type Running, UnavailableError, within } from '@messaging/shared';
import type { ReadPools } from './reads.ts';

/** A streaming replica that is watched. */
export interface Replica extends Running {
  pools: ReadPools;
  /** How far behind the primary it was at the last look, in ms; undefined while it cannot be used. */
  lagMs: () => number | undefined;
  /** Waits for a read on the replica. @throws UnavailableError as soon as the replica cannot be used any more */
  whileThere: <Value>(reading: Promise<Value>) => Promise<Value>;
  /** Looks now instead of at the next time. */
  check: () => void;
}

export interface ReplicaOptions {
  pools: ReadPools;
  /** Connections for looking alone, so that no load keeps it waiting. */
  watch: Pool;
  primary: Pool;
  maxLagMs: number;
  logger: Logger;
}

const LOOK_EVERY_MS = 1_000;
const LOOK_TIMEOUT_MS = 2_000;

/**
 * Watches a replica: each second asks the primary for its position in the log, then the replica whether it has come
 * there. Its lag is the time since it last had, whatever clocks say, and also where a stream broke unnoticed. While it
 * does not answer within 2 s, or lags more than `maxLagMs`, it is not used.
 */
export async function startReplica({ pools, watch, primary, maxLagMs, logger }: ReplicaOptions): Promise<Replica> {
  const outage = createOutageLog(logger, 'replica');
  const reading = new Set<(reason: Error) => void>();
  const stop = new AbortController();
  let early = new AbortController();
  let lagMs: number | undefined;
  let caughtUpAt = Number.NEGATIVE_INFINITY;
  let position = '0/0';

  async function look(): Promise<void> {
    try {
      const askedAt = performance.now();
      position = await askPosition(primary, position);
      if (await hasReached(watch, position)) caughtUpAt = askedAt;
      const behindMs = Math.round(performance.now() - caughtUpAt);
      if (behindMs > maxLagMs) throw new UnavailableError(`it is more than ${maxLagMs} ms behind`);
      lagMs = behindMs;
      outage.worked();
    } catch (error) {
      lagMs = undefined;
      outage.failed(error);
      for (const giveUp of reading) giveUp(new UnavailableError('The replica is away.', { cause: error }));
    }
  }

  await look();
  const looking = (async () => {
    while (!stop.signal.aborted) {
      await wait(LOOK_EVERY_MS, undefined, { signal: early.signal }).catch(() => {}); // only `check` and `close` abort it
      early = new AbortController();
      if (!stop.signal.aborted) await look();
    }
  })();
  return {
    pools,
    lagMs: () => lagMs,
    // Not a race with one promise for all: that would keep a reaction for every read as long as the replica is there.
    whileThere: (work) =>
      new Promise((resolve, reject) => {
        reading.add(reject);
        work.then(resolve, reject).finally(() => reading.delete(reject));
      }),
    check: () => early.abort(),
    async close() {
      stop.abort();
      early.abort();
      await looking;
    },
  };
}

/** The primary's position; where it does not say, the replica is measured by the last one known. */
async function askPosition(primary: Pool, last: string): Promise<string> {
  const asked = primary
    .query<{ position: string }>('select pg_current_wal_lsn()::text as position')
    .then(({ rows }) => rows[0]?.position ?? last);
  return within(LOOK_TIMEOUT_MS, asked, last);
}

async function hasReached(watch: Pool, position: string): Promise<boolean> {
  const asked = watch
    .query<{ reached: boolean | null }>('select pg_last_wal_replay_lsn() >= $1::pg_lsn as reached', [position])
    .then(
      ({ rows }) => ({ reached: rows[0]?.reached ?? true }), // null: a primary, or a replica that has become one
      (error: unknown) => ({ error }),
    );
  const answer = await within(LOOK_TIMEOUT_MS, asked, undefined);
  if (!answer) throw new UnavailableError(`it did not answer within ${LOOK_TIMEOUT_MS} ms`);
  if ('error' in answer) throw answer.error;
  return answer.reached;
}
