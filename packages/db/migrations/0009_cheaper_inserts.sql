-- Inserts are the hot path, most of them of one message. The two triggers that kept conversation_changes and
-- message_segments took 260 µs of processor time beside 165 for the insert itself: two transition tables, and a plan of many
-- nodes for each of five statements. Now one trigger keeps both, a single message with two small statements: 115 beside 125.

-- The plans below are made once a session, perhaps for two rows, and perhaps while conversation_changes is as empty as a
-- refresh leaves it. So nothing is joined but row by row through an index, and nothing compared with an array, which
-- PostgreSQL would go through for each row: only with a set (`in`, hashed) and with arrays in the same order.

-- Sets changes that are there to the conversations as they are now; returns how many of these are on the list.
create function correct_conversation_changes(contact_ids bigint[]) returns bigint
  language sql
  begin atomic
    with state as materialized (
      select ids.id, name, phone_number, last_message_id, preview, last_message_at
      from (select distinct id from unnest(contact_ids) as id) ids
      left join lateral (select * from current_conversations where contact_id = ids.id offset 0) conversation on true
    ), corrected as (
      insert into conversation_changes as change
        (contact_id, name, phone_number, last_message_id, preview, last_message_at)
      select * from state
      on conflict (contact_id) do update set
        name = excluded.name,
        phone_number = excluded.phone_number,
        last_message_id = excluded.last_message_id,
        preview = excluded.preview,
        last_message_at = excluded.last_message_at
      where (change.name, change.phone_number, change.last_message_id, change.preview, change.last_message_at)
        is distinct from
        (excluded.name, excluded.phone_number, excluded.last_message_id, excluded.preview, excluded.last_message_at)
    )
    select count(last_message_at) from state;
  end;

create or replace function record_conversation_changes(contact_ids bigint[], listed_ids bigint[]) returns void
  language plpgsql
  as $$
declare
  listed_before bigint;
begin
  with locked as (
    insert into conversation_changes (contact_id)
    select distinct id from unnest(contact_ids) as id order by id
    on conflict (contact_id) do update set changed_by = pg_current_xact_id(), changed_at = clock_timestamp()
    returning with (old as before, new as after)
      after.contact_id, before.contact_id is null as is_added, before.last_message_at is not null as was_listed
  )
  select count(*) filter (where case when is_added then contact_id in (select unnest(listed_ids)) else was_listed end)
  into listed_before
  from locked;

  perform record_conversation_count(correct_conversation_changes(contact_ids) - listed_before);
end
$$;

-- Whether a refresh may have forgotten changes that were made since then.
create function is_refreshed_since(moment timestamptz) returns boolean
  language sql
  begin atomic
    select finished_at is null or finished_at >= moment from view_refreshes order by id desc limit 1;
  end;

-- Of a change that is there already, the newer of its message and ours is right. One that we add must be checked: our
-- message may be back-dated; and what was read of the contact may be too old, if another's change was forgotten while we
-- waited for that other.
create or replace function record_inserted_messages() returns trigger
  language plpgsql
  as $$
declare
  only_id bigint;
  only_contact_id bigint;
  only_content text;
  only_created_at timestamptz;
  are_many boolean;
  is_announced boolean;
  started_at constant timestamptz := clock_timestamp();
  adds_change boolean;
  lists_contact boolean;
  two_newest bigint[];
  added bigint[];
  listed bigint;
begin
  select id, contact_id, content, created_at,
    exists (select from inserted offset 1), exists (select from conversation_changes limit 1)
  into only_id, only_contact_id, only_content, only_created_at, are_many, is_announced
  from inserted;
  if only_id is null then
    return null;
  end if;
  if not is_announced or current_setting('transaction_isolation') <> 'read committed' then
    perform announce_conversation_changes();
  end if;

  if not are_many then
    with change as (
      insert into conversation_changes as known
        (contact_id, name, phone_number, last_message_id, preview, last_message_at)
      select id, name, phone_number, only_id, left(only_content, 280), only_created_at
      from contacts where id = only_contact_id
      on conflict (contact_id) do update set
        name = coalesce(known.name, excluded.name),
        phone_number = coalesce(known.phone_number, excluded.phone_number),
        last_message_id = case
          when (known.last_message_at, known.last_message_id) > (excluded.last_message_at, excluded.last_message_id)
          then known.last_message_id else excluded.last_message_id
        end,
        preview = case
          when (known.last_message_at, known.last_message_id) > (excluded.last_message_at, excluded.last_message_id)
          then known.preview else excluded.preview
        end,
        last_message_at = case
          when (known.last_message_at, known.last_message_id) > (excluded.last_message_at, excluded.last_message_id)
          then known.last_message_at else excluded.last_message_at
        end,
        changed_by = pg_current_xact_id(),
        changed_at = clock_timestamp()
      returning with (old as before)
        before.contact_id is null as is_added, before.contact_id is not null and before.last_message_at is null as is_listed
    ), segment as (
      insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
      values (only_contact_id, only_created_at, only_created_at, 1, array[only_id], fold_text(only_content))
    )
    select is_added, is_listed, case when is_added then array(
      select id from messages where contact_id = only_contact_id order by created_at desc, id desc limit 2
    ) end
    into adds_change, lists_contact, two_newest
    from change;
    if adds_change and (two_newest[1] <> only_id or is_refreshed_since(started_at)) then
      perform correct_conversation_changes(array[only_contact_id]);
    end if;
    -- Its only message puts a contact on the list.
    if lists_contact or cardinality(two_newest) = 1 then
      perform record_conversation_count(1);
    end if;
    return null;
  end if;

  with state as materialized (
    select own.contact_id, name, phone_number, last_message_id, preview, last_message_at,
      own.messages = (
        select count(*) from (select from messages where contact_id = own.contact_id limit own.messages + 1) all_messages
      ) as is_first
    from (select contact_id, count(*) as messages from inserted group by contact_id) own
    cross join lateral (select name, phone_number from contacts where id = own.contact_id offset 0) contact
    cross join lateral (
      select id as last_message_id, left(content, 280) as preview, created_at as last_message_at
      from messages where contact_id = own.contact_id order by created_at desc, id desc limit 1
    ) newest
  ), recorded as (
    insert into conversation_changes as known
      (contact_id, name, phone_number, last_message_id, preview, last_message_at)
    select contact_id, name, phone_number, last_message_id, preview, last_message_at from state order by contact_id
    on conflict (contact_id) do update set
      name = coalesce(known.name, excluded.name),
      phone_number = coalesce(known.phone_number, excluded.phone_number),
      last_message_id = case
        when (known.last_message_at, known.last_message_id) > (excluded.last_message_at, excluded.last_message_id)
        then known.last_message_id else excluded.last_message_id
      end,
      preview = case
        when (known.last_message_at, known.last_message_id) > (excluded.last_message_at, excluded.last_message_id)
        then known.preview else excluded.preview
      end,
      last_message_at = case
        when (known.last_message_at, known.last_message_id) > (excluded.last_message_at, excluded.last_message_id)
        then known.last_message_at else excluded.last_message_at
      end,
      changed_by = pg_current_xact_id(),
      changed_at = clock_timestamp()
    returning with (old as before)
      known.contact_id, before.contact_id is null as is_added,
      before.contact_id is not null and before.last_message_at is null as is_listed
  )
  -- A contact is new to the list if it has no more messages than we inserted.
  select array_agg(contact_id) filter (where is_added), count(*) filter (where is_listed or is_added and is_first)
  into added, listed
  from unnest(
    array(select contact_id from recorded order by contact_id),
    array(select is_added from recorded order by contact_id),
    array(select is_listed from recorded order by contact_id),
    array(select is_first from state order by contact_id)
  ) as change (contact_id, is_added, is_listed, is_first);
  if added is not null and is_refreshed_since(started_at) then
    perform correct_conversation_changes(added);
  end if;
  perform record_conversation_count(listed);

  insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
  select contact_id, min(created_at), max(created_at), count(*),
    array_agg(id order by created_at, id), string_agg(fold_text(content), U&'\0300' order by created_at, id)
  from (
    select *, (row_number() over (partition by contact_id, is_long order by created_at, id) - 1)
      / case when is_long then 1 else 32 end as segment_no
    from (select *, octet_length(content) > 2000 as is_long from inserted) measured
  ) numbered
  group by contact_id, is_long, segment_no;
  return null;
end
$$;

drop trigger keep_inserted_segments on messages;
drop function keep_inserted_segments();
