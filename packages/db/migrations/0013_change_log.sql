-- The live feed tells a reader which conversations differ from what it has seen. A reader's cursor is a snapshot: a conversation is new
-- to it if the last transaction that wrote it was not visible in that snapshot. So nothing is missed whatever commits in which order, and
-- nothing is written for it. While a change is pending, conversation_changes knows its transaction. A refresh moves what it deletes there
-- to this table, off the write path.
create table conversation_change_log (
  contact_id bigint primary key,
  -- Null: the conversation is gone.
  last_message_id bigint,
  changed_by xid8 not null,
  changed_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.05);

create index conversation_change_log_changed_by on conversation_change_log (changed_by);

-- One row, which the first reader adds. A cursor belongs to one epoch. Data that is replaced with the triggers disabled begins another; so
-- does a crash, which empties an unlogged table: the server may give a transaction id again of which nothing was on disk, and a
-- cursor that took it for finished would miss what it stands for now.
create unlogged table change_feed (
  is_only boolean primary key default true check (is_only),
  epoch uuid not null default gen_random_uuid(),
  -- No transaction that was deleted from the log has a higher number.
  pruned_through xid8 not null default '0'
);

-- Deletes pending changes of a refresh that saw `seen`, and keeps in the log what the feed has to know of them. Returns how many.
-- Changes that are being written, or whose messages could not be moved because the row was locked, are left to the next refresh.
create function forget_conversation_changes(seen pg_snapshot) returns bigint
  language sql
  begin atomic
    with forgotten as (
      delete from conversation_changes where contact_id in (
        select contact_id from conversation_changes
        where pg_visible_in_snapshot(changed_by, seen)
          and not exists (select from unsegmented_messages u where u.contact_id = conversation_changes.contact_id)
        for update skip locked
      )
      returning contact_id, last_message_id, changed_by, changed_at
    ), logged as (
      insert into conversation_change_log as known (contact_id, last_message_id, changed_by, changed_at)
      select * from forgotten
      on conflict (contact_id) do update set
        last_message_id = excluded.last_message_id, changed_by = excluded.changed_by, changed_at = excluded.changed_at
      returning 1
    )
    select count(*) from logged;
  end;

-- Deletes what is older than `kept_for` from the log. A cursor that may have needed it is refused from then on. What is newer than a
-- transaction that still runs stays until that has ended, because every snapshot until then could need it.
create function prune_change_log(kept_for interval) returns bigint
  language sql
  begin atomic
    with pruned as (
      delete from conversation_change_log where contact_id in (
        select contact_id from conversation_change_log
        where changed_at < now() - kept_for and changed_by < pg_snapshot_xmin(pg_current_snapshot())
        for update skip locked
      )
      returning changed_by
    ), noted as (
      update change_feed set pruned_through = greatest(pruned_through, (select max(changed_by) from pruned))
      where exists (select from pruned)
    )
    select count(*) from pruned;
  end;
