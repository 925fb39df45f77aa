import type { Pool } from '@messaging/db';
import { UnavailableError, waitAtMost } from '@messaging/shared';

const TIMEOUT_MS = 2_000;

/** Where a server is, and in which log. */
export interface LogPosition {
  /** What `initdb` gave the server; its replicas have the same. */
  systemId: string;
  /** A promotion begins a new timeline: from there on, the logs of the old and the new primary differ. */
  timeline: number;
  /** In bytes. */
  position: bigint;
}

const PRIMARY = `
  select
    (select system_identifier from pg_control_system())::text as "systemId",
    ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer as timeline,
    (pg_current_wal_lsn() - '0/0')::text as position`;

/**
 * The timeline is the newest that the replica knows of. Only roles with the rights of `pg_read_all_stats` see the one that
 * it receives; the others are written down at its restartpoints, so that they are minutes old at the most.
 */
const REPLICA = `
  select
    pg_is_in_recovery() as "isReplica",
    (select system_identifier from pg_control_system())::text as "systemId",
    greatest(
      (select timeline_id from pg_control_checkpoint()),
      (select min_recovery_end_timeline from pg_control_recovery()),
      (select received_tli from pg_stat_wal_receiver)
    ) as timeline,
    (pg_last_wal_replay_lsn() - '0/0')::text as position`;

type Row = Omit<LogPosition, 'position'> & { position: string | null; isReplica?: boolean };

/** The primary's position in its log; undefined where it does not say so within 2 s. Never rejects. */
export function askPrimary(primary: Pool): Promise<LogPosition | undefined> {
  return waitAtMost(TIMEOUT_MS, ask(primary, PRIMARY), undefined);
}

/**
 * The position up to which a replica has replayed the log.
 * @throws UnavailableError after 2 s and where it is no replica (any more), and what PostgreSQL says
 */
export async function askReplica(replica: Pool): Promise<LogPosition> {
  const asked = ask(replica, REPLICA).catch((error: unknown) => ({ error }));
  const answer = await waitAtMost(TIMEOUT_MS, asked, undefined);
  if (!answer) throw new UnavailableError(`it did not respond within ${TIMEOUT_MS} ms`);
  if ('error' in answer) throw answer.error;
  return answer;
}

async function ask(pool: Pool, statement: string): Promise<LogPosition> {
  const { rows } = await pool.query<Row>(statement);
  const { systemId, timeline, position, isReplica = true } = rows[0] as Row;
  if (!isReplica) throw new UnavailableError('it is not a replica: it was promoted, or never was one');
  if (position === null) throw new UnavailableError('it replays no log');
  return { systemId, timeline, position: BigInt(position) };
}

/**
 * @throws UnavailableError where what `replica` shows need not be what `primary` had: it belongs to another system, or
 * follows a server that was promoted beside it, or is waiting to follow one that was promoted in place of the old primary
 */
export function requireReplicaOf(primary: LogPosition, replica: LogPosition): void {
  if (replica.systemId !== primary.systemId) {
    throw new UnavailableError(
      'it is a replica of another server: its system identifier is not the one of the primary',
    );
  }
  if (replica.timeline !== primary.timeline) {
    const [own, wanted] = [replica.timeline, primary.timeline];
    throw new UnavailableError(`it is on timeline ${own} and the primary on ${wanted}: one of them was promoted`);
  }
}
