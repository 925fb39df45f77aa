import type { Pool } from '@messaging/db';
import { UnavailableError } from '@messaging/shared';
import type { Response } from 'express';
import type { ReadsInFlight } from './reads-in-flight.ts';

/** Where a read is made: pages on `db`, searches on connections of their own. */
export interface ReadPools {
  db: Pool;
  searchDb: Pool;
}

/** A replica that reads may be made on. */
export interface ReadReplica {
  pools: ReadPools;
  /** How far behind the primary it was at the last poll, in ms; undefined while it cannot be used. */
  lagMs: () => number | undefined;
  /** Polls now instead of at the next time. */
  check: () => void;
  /** Runs a read, and aborts it as soon as the replica cannot be used any more. */
  runWhileUsable: ReadsInFlight['runWhileUsable'];
}

/** What a read found, and how far behind the primary it may be; undefined when the primary itself was read. */
export interface ReadResult<Value> {
  value: Value;
  lagMs: number | undefined;
}

/** Where a read is made. */
export interface ReadPlace {
  isReplica: boolean;
  /** Aborts where the read is given up, to be made again elsewhere. */
  signal: AbortSignal;
}

/** Makes reads where they are to be made. */
export interface Reads {
  run: <Value>(work: (pools: ReadPools, place: ReadPlace) => Promise<Value>) => Promise<ReadResult<Value>>;
}

const STATEMENT_TIMEOUT = '57014';

/**
 * Reads go to the replica while it is there and not too far behind, and to the primary else. One that the replica fails,
 * because it is away or because replaying took its rows from under it, is made again on the primary.
 */
export function createReads(primary: ReadPools, replica?: ReadReplica): Reads {
  const onPrimary: Reads['run'] = async (work) => ({
    value: await work(primary, { isReplica: false, signal: new AbortController().signal }),
    lagMs: undefined,
  });
  if (!replica) return { run: onPrimary };
  return {
    async run(work) {
      const lagMs = replica.lagMs();
      if (lagMs === undefined) return onPrimary(work);
      try {
        const read = (signal: AbortSignal) => work(replica.pools, { isReplica: true, signal });
        return { value: await replica.runWhileUsable(read), lagMs };
      } catch (error) {
        if (!canRetryOnPrimary(error)) throw error;
        replica.check();
        return onPrimary(work);
      }
    },
  };
}

/** Tells how far behind the answer may be. */
export function setLagHeader(res: Response, lagMs: number | undefined): void {
  if (lagMs !== undefined) res.setHeader('Replica-Lag-Ms', String(lagMs));
}

/** What took too long there would take as long on the primary, and for everyone. */
function canRetryOnPrimary(error: unknown): boolean {
  if (!(error instanceof UnavailableError)) return false;
  return (error.cause as { code?: string } | undefined)?.code !== STATEMENT_TIMEOUT;
}
