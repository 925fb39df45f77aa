-- Pending changes: one row per contact that was written since the last refresh, with the conversation as it is now. A row without
-- a last message means that the conversation is gone. Readers merge these rows over the materialized view.
--
-- The row is also the lock for everything derived from its contact. A transaction that writes a message, a name or a segment of
-- a contact holds the row until it commits. All transactions take locks in one order, so that no two wait for each other: rows of
-- contacts, of messages, of conversation_changes (by contact), unsegmented_contacts, segments, list_sizes. See docs/architecture.md.
-- The first columns are those of current_conversations, in its order.
create table conversation_changes (
  contact_id bigint primary key,
  name text,
  phone_number text,
  last_message_id bigint,
  preview text,
  last_message_direction message_direction,
  last_message_at timestamptz,
  -- Whether the conversation was on the list before the last write to this row; null if that write added the row.
  was_listed boolean,
  -- The last transaction that wrote the row. It tells a refresh whether it has seen the row in its present state.
  changed_by xid8 not null default pg_current_xact_id(),
  changed_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

create index conversation_changes_newest on conversation_changes (last_message_at desc, contact_id desc)
  where last_message_at is not null;

-- The conversations of contacts as they are now, one row per contact. A contact without messages has nulls.
-- `offset 0` makes this one index probe per contact, whatever the planner estimates.
create function conversations_of(contact_ids bigint[])
  returns setof current_conversations
  language sql stable
  begin atomic
    select ids.id, c.name, c.phone_number, c.last_message_id, c.preview, c.last_message_direction, c.last_message_at
    from (select distinct id from unnest(contact_ids) as id) ids
    left join lateral (select * from current_conversations where contact_id = ids.id offset 0) c on true;
  end;

-- Records the conversations of contacts as they are now, and by how many rows the list grows.
--
-- The first statement locks the rows in the order of the contacts. It may wait for other writers, and what it has read is then too
-- old. So a second statement reads again and decides: its snapshot is taken after the locks. Without it:
-- T1 inserts a message for A and stays open. T2 inserts one each for A and B; its first statement has its snapshot, and
-- waits for T1 in A's row. T3 stores the first message of B and commits, and a refresh forgets that change. T1 commits. T2's
-- statement adds the row of B; by its snapshot B has no other message, so that B would be counted a second time.
--
-- The list is the view and the pending changes. So the view tells whether a contact without a pending change was on the list, once
-- we hold its new change. While the view is dropped no list is read, and `db:view` counts anew.
-- A plan is made once per session, perhaps for two rows and an empty table. So every join is a probe per row.
--
-- A transaction that commits a NOTIFY takes a database-wide lock. So only the first change after a refresh notifies; the worker is
-- awake when later ones come. The worker's sweep finds a change that this misses.
-- Only read committed transactions may write: an older snapshot could record a conversation without messages that the view has.
create function record_conversation_changes(contact_ids bigint[]) returns void
  language plpgsql
  as $$
declare
  is_first boolean;
  added bigint[];
  listed_before bigint;
  listed_now bigint;
  is_view_filled boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'contacts and messages can only be written in read committed transactions'
      using errcode = 'feature_not_supported', hint = 'Begin the transaction with ISOLATION LEVEL READ COMMITTED.';
  end if;

  with locked as (
    insert into conversation_changes as known
    select * from conversations_of(contact_ids) order by contact_id
    on conflict (contact_id) do update set
      was_listed = known.last_message_at is not null,
      changed_by = pg_current_xact_id(),
      changed_at = clock_timestamp()
    returning contact_id, was_listed
  )
  select not exists (select from conversation_changes limit 1),
    array_agg(contact_id) filter (where was_listed is null), count(*) filter (where was_listed)
  into is_first, added, listed_before
  from locked;
  if is_first then
    perform pg_notify('conversation_changes', '');
  end if;

  with state as materialized (
    select * from conversations_of(contact_ids)
  ), corrected as (
    insert into conversation_changes as known
    select * from state
    on conflict (contact_id) do update set
      name = excluded.name,
      phone_number = excluded.phone_number,
      last_message_id = excluded.last_message_id,
      preview = excluded.preview,
      last_message_direction = excluded.last_message_direction,
      last_message_at = excluded.last_message_at
    where
      (
        known.name, known.phone_number, known.last_message_id, known.preview, known.last_message_direction,
        known.last_message_at
      ) is distinct from (
        excluded.name, excluded.phone_number, excluded.last_message_id, excluded.preview, excluded.last_message_direction,
        excluded.last_message_at
      )
  )
  select count(last_message_at), (select relispopulated from pg_class where oid = to_regclass('recent_conversations'))
  into listed_now, is_view_filled
  from state;

  if is_view_filled and added is not null then
    listed_before := listed_before + (
      select count(*) from unnest(added) as ids (id)
      cross join lateral (select from recent_conversations where contact_id = ids.id offset 0) listed
    );
  end if;
  if listed_now <> listed_before then
    insert into list_sizes (list, change) values ('conversations', listed_now - listed_before);
  end if;
end
$$;

create function record_updated_contacts() returns trigger
  language plpgsql
  as $$
declare
  renamed bigint[] := array(
    select u.id from updated u join replaced r using (id)
    where (u.name, u.phone_number) is distinct from (r.name, r.phone_number)
  );
begin
  if renamed <> '{}' then
    perform record_conversation_changes(renamed);
  end if;
  return null;
end
$$;

-- A contact that is deleted takes its messages along, and their trigger records it.
create trigger record_updated_contacts after update on contacts
  referencing old table as replaced new table as updated for each statement execute function record_updated_contacts();

-- Counts the lists anew, for data that came in with the triggers disabled, once the view has been refreshed. One statement,
-- with one snapshot, replaces the changes that it sees by the count of what it sees; those of transactions that it does not
-- see stay, and are added to it.
create procedure count_lists()
  language plpgsql
  as $$
begin
  lock table list_sizes in share update exclusive mode;
  with gone as (
    delete from list_sizes
  )
  insert into list_sizes (list, change)
  select 'contacts', count(*) from contacts
  union all
  select 'conversations', count(*) from current_conversations;
end
$$;

call count_lists();

-- Which cluster the transaction ids in conversation_changes.changed_by are of. A dump carries them to another cluster, where
-- they mean nothing: those of the future are never visible, so that changes would stay pending. A server that was upgraded
-- (pg_upgrade) has another identifier too. A replica that was promoted, or a backup of the files, has the same, and its
-- transaction ids go on.
create table database_cluster (
  is_only boolean primary key default true check (is_only),
  system_identifier bigint not null
);

insert into database_cluster (system_identifier) select system_identifier from pg_control_system();

-- Makes what came from another cluster valid here, and returns whether it had to. Every refresh calls it first. Whatever was
-- restored is committed here, so that its changes may be those of this transaction.
create function adopt_restored_rows() returns boolean
  language plpgsql
  as $$
declare
  current_identifier constant bigint := (select system_identifier from pg_control_system());
begin
  if exists (select from database_cluster where system_identifier = current_identifier) then
    return false;
  end if;
  update conversation_changes set changed_by = pg_current_xact_id()
  where contact_id in (select contact_id from conversation_changes order by contact_id for update);
  delete from conversation_change_log;
  delete from change_feed;
  insert into database_cluster (system_identifier) values (current_identifier)
  on conflict (is_only) do update set system_identifier = excluded.system_identifier;
  return true;
end
$$;
