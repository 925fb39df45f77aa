import { type Change, UnavailableError } from '@messaging/shared';
import { pgCode } from '../connection/pg-errors.ts';
import type { Queryable } from '../connection/pool.ts';
import { many, maybeOne } from '../connection/sql.ts';
import type { FeedPosition } from './changes-cursor.ts';

/** What has changed since a position, and the position after it; or that nobody knows any more. */
export type ChangesSince =
  | { isExpired: false; changes: Change[]; position: FeedPosition }
  | { isExpired: true; position: FeedPosition };

/**
 * Lists the conversations that a reader at `since` has not seen as they are, each once, from one snapshot: that of the
 * position which is returned. Without `since` there are none. Only on a primary: the snapshot of a replica does not name
 * the transactions that are running. While no transaction ends, it costs no more than to ask for the snapshot.
 * @throws UnavailableError on a replica, and while a database that was restored from another cluster waits for its first refresh
 */
export async function listChanges(db: Queryable, since: FeedPosition | null): Promise<ChangesSince> {
  const takenAtMs = Date.now();
  const values = [since?.feed ?? null, since?.snapshot ?? null];
  const row = await maybeOne<ChangesRow>(db, CHANGES, values, 'list-changes').catch((error: unknown) => {
    if (pgCode(error) !== NOT_ON_REPLICA) throw error;
    throw new UnavailableError('Changes can only be followed on the primary.', { cause: error });
  });
  if (!row) {
    await many(db, BEGIN_EPOCH);
    return listChanges(db, since);
  }
  const { changes, isExpired, isRestored, ...position } = row;
  if (isRestored) throw new UnavailableError('The database was restored: changes are known after the next refresh.');
  const next = { ...position, takenAtMs };
  return isExpired ? { isExpired, position: next } : { isExpired: false, changes: changes ?? [], position: next };
}

/** A replica has no unlogged tables. */
const NOT_ON_REPLICA = '0A000';

interface ChangesRow {
  feed: string;
  snapshot: string;
  isRestored: boolean;
  isExpired: boolean;
  changes: Change[] | null;
  [column: string]: unknown;
}

const BEGIN_EPOCH = 'insert into change_feed default values on conflict do nothing';

/**
 * SQL for the name of the feed: the cluster and its timeline, the database, the table that a restore makes anew, and the epoch of its
 * data. Transaction ids mean nothing in another cluster, a server that took over has perhaps lost the last of them, and a
 * restored database is as it was before.
 */
const FEED = `
  (select system_identifier from pg_control_system()) || ':' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || ':'
    || (select oid from pg_database where datname = current_database()) || ':' || 'change_feed'::regclass::oid || ':' || epoch`;

/** A change that was not visible in the snapshot `$2`. The log has an index for the first comparison. */
const IS_NEW = `
  changed_by >= pg_snapshot_xmin($2::pg_snapshot) and not pg_visible_in_snapshot(changed_by, $2::pg_snapshot)`;

/** `$1` and `$2` are the feed and the snapshot of the reader, or null. A snapshot later than ours is of a future that was lost. */
const CHANGES = `
  with here as materialized (
    select ${FEED} as feed, pg_current_snapshot() as snapshot, pruned_through,
      not exists (
        select from database_cluster where system_identifier = (select system_identifier from pg_control_system())
      ) as is_restored
    from change_feed
  ), judged as materialized (
    select *, $1::text is not null and not is_restored and (
      feed <> $1::text
      or pruned_through >= pg_snapshot_xmin($2::pg_snapshot)
      or pg_snapshot_xmax($2::pg_snapshot) > pg_snapshot_xmax(snapshot)
    ) as is_expired
    from here
  )
  select feed, snapshot::text, is_restored as "isRestored", is_expired as "isExpired",
    case when $1::text is not null and not is_restored and not is_expired and snapshot::text <> $2::text then (
      select json_agg(json_build_object(
        'contactId', contact_id,
        'kind', case when last_message_id is null then 'deleted' else 'changed' end,
        'lastMessageId', last_message_id
      ))
      from (
        select contact_id, last_message_id from conversation_changes where ${IS_NEW}
        union all
        select contact_id, last_message_id from conversation_change_log logged
        where ${IS_NEW} and not exists (select from conversation_changes c where c.contact_id = logged.contact_id offset 0)
      ) changed
    ) end as changes
  from judged`;
