-- One lock for what is derived of a contact: the row of its pending change. Whoever writes a message, a name or a segment of
-- a contact holds it until the commit, and decides by what a *later* statement sees, whose snapshot is taken after the lock.
--
-- Why later: T1 inserts a message for A and stays open. T2 inserts one each for A and B; its statement has its snapshot, and
-- waits for T1 in A's row. T3 stores the first message of B and commits, and a refresh forgets that change. T1 commits. T2's
-- statement adds the row of B; by its snapshot B has no other message, so that B would be counted a second time.
--
-- The order in which everybody takes locks, so that no two wait for each other: rows of contacts, of messages, of
-- conversation_changes (by contact), unsegmented_contacts, message_segments; list_sizes last. See docs/architecture.md.

-- Whether the view lists contacts, as of now. Where a contact had no pending change when we locked it, that is whether it
-- was on the list: the view and the pending changes are the list. No if the view is dropped: no list is read meanwhile, and
-- `db:view` counts anew.
create function count_in_view(contact_ids bigint[]) returns bigint
  language plpgsql
  as $$
begin
  if not exists (select from pg_class where oid = to_regclass('recent_conversations') and relispopulated) then
    return 0;
  end if;
  return (
    select count(*) from unnest(contact_ids) as ids (id)
    cross join lateral (select from recent_conversations where contact_id = ids.id offset 0) listed
  );
end
$$;

-- Records conversations whose state has to be looked up, and by how many the list grows. Locks their rows first, in the
-- order of the contacts.
create function record_conversation_changes(contact_ids bigint[]) returns void
  language plpgsql
  as $$
declare
  added bigint[];
  listed_before bigint;
begin
  with locked as (
    insert into conversation_changes (contact_id)
    select distinct id from unnest(contact_ids) as id order by id
    on conflict (contact_id) do update set changed_by = pg_current_xact_id(), changed_at = clock_timestamp()
    returning with (old as before, new as after)
      after.contact_id, before.contact_id is null as is_added, before.last_message_at is not null as was_listed
  )
  select array_agg(contact_id) filter (where is_added), count(*) filter (where was_listed) into added, listed_before
  from locked;
  if added is not null then
    listed_before := listed_before + count_in_view(added);
  end if;
  perform record_conversation_count(correct_conversation_changes(contact_ids) - listed_before);
end
$$;

-- Of a change that says that the contact has messages, the newer of its message and ours is right. Any other is checked
-- once it is ours: our message may be back-dated, and what the first statement read of the contact be too old.
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
  adds_change boolean;
  is_listed boolean;
  recorded_name text;
  recorded_phone_number text;
  is_right boolean;
  added bigint[];
  unlisted bigint[];
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
    with segment as (
      insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
      values (only_contact_id, only_created_at, only_created_at, 1, array[only_id], fold_text(only_content))
    )
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
      before.contact_id is null, before.last_message_at is not null, known.name, known.phone_number
    into adds_change, is_listed, recorded_name, recorded_phone_number;
    if is_listed then
      return null;
    end if;
    select only_id = (
        select id from messages where contact_id = only_contact_id order by created_at desc, id desc limit 1
      ) and exists (
        select from contacts
        where id = only_contact_id and name = recorded_name and phone_number = recorded_phone_number
      )
    into is_right;
    if not is_right then
      perform correct_conversation_changes(array[only_contact_id]);
    end if;
    if not adds_change or count_in_view(array[only_contact_id]) = 0 then
      perform record_conversation_count(1);
    end if;
    return null;
  end if;

  with newest as (
    select distinct on (contact_id) contact_id, id, left(content, 280) as preview, created_at
    from inserted order by contact_id, created_at desc, id desc
  ), recorded as (
    insert into conversation_changes as known
      (contact_id, name, phone_number, last_message_id, preview, last_message_at)
    select contact_id, name, phone_number, newest.id, preview, created_at
    from newest
    cross join lateral (select name, phone_number from contacts where id = newest.contact_id offset 0) contact
    order by contact_id
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
      known.contact_id, before.contact_id is null as is_added, before.last_message_at is not null as was_listed
  )
  select array_agg(contact_id) filter (where is_added), array_agg(contact_id) filter (where not was_listed)
  into added, unlisted
  from recorded;
  if unlisted is not null then
    perform correct_conversation_changes(unlisted);
    perform record_conversation_count(cardinality(unlisted) - case when added is null then 0 else count_in_view(added) end);
  end if;

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

-- Edits and deletes: the change first, which is the lock, then the segments.
create or replace function record_updated_messages() returns trigger
  language plpgsql
  as $$
declare
  rewritten bigint[];
begin
  if not exists (select from updated) then
    return null;
  end if;
  perform announce_conversation_changes();
  perform record_conversation_changes(array(select contact_id from replaced union select contact_id from updated));
  lock table unsegmented_contacts in share mode;
  with gone as (
    delete from message_segments
    where ctid = any(array(
      select s.ctid
      from (select contact_id, min(created_at) as oldest_at, max(created_at) as newest_at from replaced group by 1) r
      join message_segments s on s.contact_id = r.contact_id and s.newest_at >= r.oldest_at and s.oldest_at <= r.newest_at
      where (select bool_or((part.id in (select id from replaced)) is true) from unnest(s.message_ids) as part (id))
    ))
    returning message_ids
  )
  select array(select unnest(message_ids) from gone union select id from updated) into rewritten;
  perform add_message_segments(rewritten);
  return null;
end
$$;

create or replace function record_deleted_messages() returns trigger
  language plpgsql
  as $$
declare
  touched bigint[] := array(select distinct contact_id from deleted);
  rewritten bigint[];
begin
  if touched = '{}' then
    return null;
  end if;
  perform announce_conversation_changes();
  perform record_conversation_changes(touched);
  lock table unsegmented_contacts in share mode;
  -- The usual way a thousand messages go at once is with their contact.
  delete from message_segments s
  where contact_id in (select contact_id from deleted)
    and not exists (select from messages where contact_id = s.contact_id);
  with gone as (
    delete from message_segments
    where ctid = any(array(
      select s.ctid
      from (select contact_id, min(created_at) as oldest_at, max(created_at) as newest_at from deleted group by 1) d
      join message_segments s on s.contact_id = d.contact_id and s.newest_at >= d.oldest_at and s.oldest_at <= d.newest_at
      where (select bool_or((part.id in (select id from deleted)) is true) from unnest(s.message_ids) as part (id))
    ))
    returning message_ids
  )
  select array(select unnest(message_ids) from gone) into rewritten;
  perform add_message_segments(rewritten);
  return null;
end
$$;

create or replace function record_truncated_messages() returns trigger
  language plpgsql
  as $$
begin
  perform announce_conversation_changes();
  perform record_conversation_changes(
    array(select contact_id from recent_conversations union select contact_id from conversation_changes)
  );
  truncate message_segments, unsegmented_contacts;
  return null;
end
$$;

create or replace function record_updated_contacts() returns trigger
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
    perform record_conversation_changes(renamed);
  end if;
  return null;
end
$$;

drop trigger keep_updated_segments on messages;
drop trigger keep_deleted_segments on messages;
drop trigger keep_truncated_segments on messages;
drop function keep_updated_segments(), keep_deleted_segments(), keep_truncated_segments(), is_refreshed_since(timestamptz),
  record_conversation_changes(bigint[], bigint[]);

-- Merges the small segments of those of the given contacts that have more than four and a pending change, and returns how
-- many it merged. It passes over contacts whose change another holds. One statement: what it has deleted it has written
-- again; what others rewrote before it got the lock, it does not find any more.
create or replace function merge_message_segments(contact_ids bigint[]) returns bigint
  language plpgsql
  as $$
declare
  merged_count bigint;
begin
  lock table unsegmented_contacts in share mode;
  with scattered as (
    select contact_id from message_segments
    where contact_id = any(contact_ids) and message_count < 32 and octet_length(body) <= 2000
    group by contact_id having count(*) > 4
  ), locked as (
    select contact_id from conversation_changes where contact_id in (select contact_id from scattered)
    order by contact_id for update skip locked
  ), gone as (
    delete from message_segments s using locked
    where s.contact_id = locked.contact_id and s.message_count < 32 and octet_length(s.body) <= 2000
    returning s.*
  ), numbered as (
    select *, (
      sum(message_count) over (partition by contact_id order by newest_at, message_ids) - message_count
    ) / 32 as segment_no
    from gone
  ), merged as (
    insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
    select contact_id, min(oldest_at), max(newest_at), sum(message_count),
      array_concat(message_ids order by newest_at, message_ids),
      string_agg(body, U&'\0300' order by newest_at, message_ids)
    from numbered
    group by contact_id, segment_no
  )
  select count(*) into merged_count from gone;
  return merged_count;
end
$$;

drop function lock_contact_segments(bigint[]);

-- Builds the segments of one range of contacts that has none, and returns whether it did: not where there is no range, nor
-- while somebody rewrites segments. The lock keeps those away who edit, delete or merge (they take it in share mode), and
-- lets others build. Who inserts does not wait: one statement, with one snapshot, deletes and reads, so that what commits
-- meanwhile is neither deleted nor read, and keeps the segment that it has.
create or replace function build_message_segments() returns boolean
  language plpgsql
  as $$
declare
  contacts_range unsegmented_contacts;
begin
  begin
    lock table unsegmented_contacts in row exclusive mode nowait;
  exception when lock_not_available then
    return false;
  end;
  delete from unsegmented_contacts
  where first_contact_id = (select first_contact_id from unsegmented_contacts order by 1 limit 1 for update skip locked)
  returning * into contacts_range;
  if not found then
    return false;
  end if;
  with gone as (
    delete from message_segments
    where contact_id between contacts_range.first_contact_id and contacts_range.last_contact_id
  )
  insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
  select contact_id, min(created_at), max(created_at), count(*),
    array_agg(id order by created_at, id), string_agg(fold_text(content), U&'\0300' order by created_at, id)
  from (
    select *, (row_number() over (partition by contact_id, is_long order by created_at, id) - 1)
      / case when is_long then 1 else 32 end as segment_no
    from (
      select *, octet_length(content) > 2000 as is_long from messages
      where contact_id between contacts_range.first_contact_id and contacts_range.last_contact_id
    ) measured
  ) numbered
  group by contact_id, is_long, segment_no;
  return true;
end
$$;

-- Sizes are summed up and counted by one at a time: each deletes what it sees and adds the sum of it, so that a sum that
-- the other has just added would stay beside the count. Writers only add rows, and do not wait for this lock.
create or replace procedure sum_up_list_sizes()
  language plpgsql
  as $$
begin
  lock table list_sizes in share update exclusive mode;
  with gone as (
    delete from list_sizes
    where list in (select list from list_sizes group by list having count(*) > 1)
    returning list, change
  )
  insert into list_sizes (list, change) select list, sum(change) from gone group by list;
end
$$;

-- Counts the lists anew, for data that came in with the triggers disabled, once the view has been refreshed. One statement,
-- with one snapshot, replaces the changes that it sees by the count of what it sees; those of transactions that it does not
-- see stay, and are added to it.
create or replace procedure count_lists()
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

create or replace function record_truncated_contacts() returns trigger
  language plpgsql
  as $$
begin
  lock table list_sizes in share update exclusive mode;
  delete from list_sizes where list = 'contacts';
  return null;
end
$$;
