-- What the materialized view does not know yet: one row per contact touched since the last refresh, with the
-- conversation as it is now. Without a last message the conversation is gone. Readers merge it over the view.
create table conversation_changes (
  contact_id bigint primary key,
  name text,
  phone_number text,
  last_message_id bigint,
  preview text,
  last_message_at timestamptz,
  -- The transaction that touched the row last tells a refresh whether it has seen the row as it is.
  changed_by xid8 not null default pg_current_xact_id(),
  changed_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

create index conversation_changes_newest on conversation_changes (last_message_at desc, contact_id desc)
  where last_message_at is not null;

-- A committing NOTIFY takes a database-wide lock, so only the first change after a refresh sends one: later ones find
-- the worker awake. The edge this can miss is covered by the worker's sweep.
-- A writer with an older snapshot could record a conversation without messages that are already in the view.
create function announce_conversation_changes() returns void
  language plpgsql
  as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'contacts and messages can only be written in read committed transactions'
      using errcode = 'feature_not_supported', hint = 'Begin the transaction with ISOLATION LEVEL READ COMMITTED.';
  end if;
  if not exists (select from conversation_changes order by contact_id limit 1) then
    perform pg_notify('conversation_changes', '');
  end if;
end
$$;

create function record_conversation_count(change bigint) returns void
  language sql
  begin atomic
    insert into list_sizes (list, change) select 'conversations', record_conversation_count.change where change <> 0;
  end;

-- Records conversations whose state has to be looked up. First the rows are locked, in one order so that two writers
-- cannot deadlock; only a later statement's snapshot is sure to see what the writers before us committed.
-- `listed_ids` are those of the contacts that had a message before; a row that is there already knows better.
create function record_conversation_changes(contact_ids bigint[], listed_ids bigint[]) returns void
  language plpgsql
  as $$
declare
  listed_before bigint;
  listed_now bigint;
begin
  with locked as (
    insert into conversation_changes (contact_id)
    select distinct id from unnest(contact_ids) as id order by id
    on conflict (contact_id) do update set changed_by = pg_current_xact_id(), changed_at = clock_timestamp()
    returning with (old as before, new as after)
      after.contact_id, before.contact_id is null as is_added, before.last_message_at is not null as was_listed
  )
  select count(*) filter (where case when is_added then listed.id is not null else was_listed end)
  into listed_before
  from locked left join (select distinct unnest(listed_ids) as id) listed on listed.id = contact_id;

  update conversation_changes change
  set name = state.name,
    phone_number = state.phone_number,
    last_message_id = state.last_message_id,
    preview = state.preview,
    last_message_at = state.last_message_at
  from unnest(contact_ids) as ids(id)
  left join lateral (select * from current_conversations where contact_id = ids.id offset 0) state on true
  where change.contact_id = ids.id;

  select count(last_message_at) into listed_now from conversation_changes where contact_id = any(contact_ids);
  perform record_conversation_count(listed_now - listed_before);
end
$$;

-- Inserts are the hot path. A row that is there already is right, so the newer of its message and ours is right too.
-- A row that we add must be checked: our message may be back-dated, and the snapshot it was read with be too old.
create function record_inserted_messages() returns trigger
  language plpgsql
  as $$
declare
  added bigint[];
  listed bigint;
begin
  perform announce_conversation_changes();

  with newest as (
    select distinct on (contact_id) contact_id, id, left(content, 280) as preview, created_at
    from inserted
    order by contact_id, created_at desc, id desc
  ), recorded as (
    insert into conversation_changes as change
      (contact_id, name, phone_number, last_message_id, preview, last_message_at)
    select m.contact_id, c.name, c.phone_number, m.id, m.preview, m.created_at
    from newest m
    cross join lateral (select name, phone_number from contacts where id = m.contact_id offset 0) c
    order by m.contact_id
    on conflict (contact_id) do update set
      name = coalesce(change.name, excluded.name),
      phone_number = coalesce(change.phone_number, excluded.phone_number),
      (last_message_id, preview, last_message_at) = (
        select id, preview, created_at
        from (values
          (excluded.last_message_id, excluded.preview, excluded.last_message_at),
          (change.last_message_id, change.preview, change.last_message_at)
        ) as candidate (id, preview, created_at)
        order by created_at desc nulls last, id desc
        limit 1
      ),
      changed_by = pg_current_xact_id(),
      changed_at = clock_timestamp()
    returning with (old as before, new as after)
      after.contact_id, before.contact_id is null as is_added,
      before.contact_id is not null and before.last_message_at is null as is_listed
  )
  select array_agg(contact_id) filter (where is_added), count(*) filter (where is_listed) into added, listed from recorded;

  if added is not null then
    update conversation_changes change
    set name = state.name,
      phone_number = state.phone_number,
      last_message_id = state.last_message_id,
      preview = state.preview,
      last_message_at = state.last_message_at
    from unnest(added) as ids(id)
    cross join lateral (select * from current_conversations where contact_id = ids.id offset 0) state
    where change.contact_id = ids.id
      and (change.name, change.phone_number, change.last_message_id, change.preview, change.last_message_at)
        is distinct from (state.name, state.phone_number, state.last_message_id, state.preview, state.last_message_at);

    -- A contact is new to the list if it has no more messages than we inserted.
    select listed + count(*) into listed
    from (
      select contact_id, count(*) as inserted from inserted where contact_id = any(added) group by contact_id
    ) own
    where own.inserted = (
      select count(*) from (select from messages where contact_id = own.contact_id limit own.inserted + 1) some_messages
    );
  end if;
  perform record_conversation_count(listed);
  return null;
end
$$;

create function record_updated_messages() returns trigger
  language plpgsql
  as $$
declare
  listed bigint[];
begin
  if exists (select from updated) then
    perform announce_conversation_changes();
    listed := array(
      select contact_id from replaced
      union
      select contact_id from (select contact_id, count(*) as moved from updated group by contact_id) own
      where own.moved < (
        select count(*) from (select from messages where contact_id = own.contact_id limit own.moved + 1) some_messages
      )
    );
    perform record_conversation_changes(array(select contact_id from replaced union select contact_id from updated), listed);
  end if;
  return null;
end
$$;

create function record_deleted_messages() returns trigger
  language plpgsql
  as $$
declare
  touched bigint[] := array(select distinct contact_id from deleted);
begin
  if touched <> '{}' then
    perform announce_conversation_changes();
    perform record_conversation_changes(touched, touched);
  end if;
  return null;
end
$$;

create function record_truncated_messages() returns trigger
  language plpgsql
  as $$
begin
  perform announce_conversation_changes();
  perform record_conversation_changes(
    array(select contact_id from recent_conversations union select contact_id from conversation_changes),
    array(select contact_id from recent_conversations)
  );
  return null;
end
$$;

-- A contact that is deleted takes its messages along, and their trigger records it.
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
    perform announce_conversation_changes();
    perform record_conversation_changes(
      renamed,
      array(select r.id from unnest(renamed) as r(id) where exists (select from messages m where m.contact_id = r.id))
    );
  end if;
  return null;
end
$$;

-- Counts the lists anew, for data that came in with the triggers disabled. Writers wait meanwhile.
create procedure count_lists()
  language plpgsql
  as $$
begin
  lock table conversation_changes, contacts in share row exclusive mode;
  delete from list_sizes;
  insert into list_sizes (list, change)
  select 'contacts', count(*) from contacts
  union all
  select 'conversations', count(*) from current_conversations;
end
$$;

call count_lists();

create trigger record_inserted_messages after insert on messages
  referencing new table as inserted for each statement execute function record_inserted_messages();
create trigger record_updated_messages after update on messages
  referencing old table as replaced new table as updated for each statement execute function record_updated_messages();
create trigger record_deleted_messages after delete on messages
  referencing old table as deleted for each statement execute function record_deleted_messages();
create trigger record_truncated_messages after truncate on messages
  for each statement execute function record_truncated_messages();
create trigger record_updated_contacts after update on contacts
  referencing old table as replaced new table as updated for each statement execute function record_updated_contacts();
