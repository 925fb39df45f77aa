-- Inserts are the hot path, most of them of one message. The two triggers that kept conversation_changes and
-- message_segments took 260 µs of processor time beside 165 for the insert itself: two transition tables, and a plan of many
-- nodes for each of five statements. Now one trigger keeps both, a single message with two small statements: 105 beside 140.

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

-- Of a change that is there already, the newer of its message and ours is right. One that we add must be checked: our
-- message may be back-dated; and what was read of the contact may be too old, if a refresh forgot another's change while we
-- waited for that other. A refresh takes longer than a millisecond.
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
  started_at timestamptz;
  adds_change boolean;
  lists_contact boolean;
  two_newest bigint[];
  contact_ids bigint[];
  names text[];
  phone_numbers text[];
  last_message_ids bigint[];
  are_added boolean[];
  outdated bigint[];
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
    started_at := clock_timestamp();
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
    if adds_change and (two_newest[1] <> only_id or clock_timestamp() - started_at > interval '1 ms') then
      perform correct_conversation_changes(array[only_contact_id]);
    end if;
    -- Its only message puts a contact on the list.
    if lists_contact or cardinality(two_newest) = 1 then
      perform record_conversation_count(1);
    end if;
    return null;
  end if;

  with newest as (
    select distinct on (contact_id) contact_id, id, left(content, 280) as preview, created_at
    from inserted
    order by contact_id, created_at desc, id desc
  ), recorded as (
    insert into conversation_changes as known
      (contact_id, name, phone_number, last_message_id, preview, last_message_at)
    select m.contact_id, c.name, c.phone_number, m.id, m.preview, m.created_at
    from newest m
    cross join lateral (select name, phone_number from contacts where id = m.contact_id offset 0) c
    order by m.contact_id
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
    returning with (old as before, new as after)
      after.contact_id, after.name, after.phone_number, after.last_message_id, before.contact_id is null as is_added,
      before.contact_id is not null and before.last_message_at is null as is_listed
  )
  select
    array_agg(contact_id order by contact_id),
    array_agg(name order by contact_id),
    array_agg(phone_number order by contact_id),
    array_agg(last_message_id order by contact_id),
    array_agg(is_added order by contact_id),
    count(*) filter (where is_listed)
  into contact_ids, names, phone_numbers, last_message_ids, are_added, listed
  from recorded;

  -- A contact is new to the list if it has no more messages than we inserted.
  select
    array_agg(change.contact_id) filter (
      where (last_message_id, change.name, change.phone_number)
        is distinct from (newest_ids[1], contact.name, contact.phone_number)
    ),
    listed + count(*) filter (where cardinality(newest_ids) = inserted_count)
  into outdated, listed
  from unnest(
    contact_ids, names, phone_numbers, last_message_ids, are_added,
    array(select count(*) from inserted group by contact_id order by contact_id)
  ) as change (contact_id, name, phone_number, last_message_id, is_added, inserted_count)
  cross join lateral (select name, phone_number from contacts where id = change.contact_id offset 0) contact
  cross join lateral (
    select array(
      select id from messages where contact_id = change.contact_id
      order by created_at desc, id desc limit inserted_count + 1
    ) as newest_ids offset 0
  ) newest
  where is_added;
  if outdated is not null then
    perform correct_conversation_changes(outdated);
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
