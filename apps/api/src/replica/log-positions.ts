import type { Pool } from '@messaging/db';
import { UnavailableError, within } from '@messaging/shared';

const TIMEOUT_MS = 2_000;

/** The primary's position in its log, in bytes; undefined where it does not say so within 2 s. Never rejects. */
export function askPosition(primary: Pool): Promise<bigint | undefined> {
  const asked = primary
    .query<{ position: string }>("select (pg_current_wal_lsn() - '0/0')::text as position")
    .then(({ rows: [row] }) => (row ? BigInt(row.position) : undefined));
  return within(TIMEOUT_MS, asked, undefined);
}

/**
 * The position up to which a replica has replayed the log; undefined where it replays none: a primary, or a replica that
 * has become one. @throws UnavailableError after 2 s, and what PostgreSQL says
 */
export async function askReplayed(watch: Pool): Promise<bigint | undefined> {
  const asked = watch
    .query<{ position: string | null }>("select (pg_last_wal_replay_lsn() - '0/0')::text as position")
    .then(
      ({ rows: [row] }) => ({ position: row?.position == null ? undefined : BigInt(row.position) }),
      (error: unknown) => ({ error }),
    );
  const answer = await within(TIMEOUT_MS, asked, undefined);
  if (!answer) throw new UnavailableError(`it did not answer within ${TIMEOUT_MS} ms`);
  if ('error' in answer) throw answer.error;
  return answer.position;
}
