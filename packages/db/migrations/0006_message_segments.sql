-- The read model of the search: the folded contents of about 32 messages of a contact in one row, so that looking
-- through a contact, or through everything, reads a few rows instead of many scattered ones. strpos() on a body is some
-- ten times faster than LIKE. The contents are joined by U+0300, which fold_text() removes from every text.
--
-- A message's segment is written in the message's own transaction: what is committed can be found. Inserts add small
-- segments; the worker merges those of a contact when there are more than four. 218,679 segments, 296 MB for 5,000,000
-- messages of 40 characters on average, built in 33 s by one process.
create table message_segments (
  contact_id bigint not null,
  oldest_at timestamptz not null,
  newest_at timestamptz not null,
  message_count integer not null,
  -- In the order of the contents in the body.
  message_ids bigint[] not null,
  body text not null
) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05);

-- Compressed bodies would have to be unpacked by every search.
alter table message_segments alter column message_ids set storage external, alter column body set storage external;

-- Besides finding a contact's segments it answers alone how long a thread is, and how many messages are newer than one.
create index message_segments_contact_newest on message_segments (contact_id, newest_at desc)
  include (oldest_at, message_count);

-- Contacts whose messages were there before their segments, as when they were loaded with the triggers disabled.
-- While there is a row, searches look at the messages themselves; build_message_segments() takes the rows off.
create table unsegmented_contacts (
  first_contact_id bigint primary key,
  last_contact_id bigint not null
);

create aggregate array_concat(anycompatiblearray) (sfunc = array_cat, stype = anycompatiblearray, parallel = safe);

-- Deletes and edits rebuild segments, merging rewrites them: who does either holds the contact's row, and looks at
-- segments and messages in a later statement. Inserts need not wait: they only add.
create function lock_contact_segments(contact_ids bigint[]) returns void
  language sql
  begin atomic
    select id from contacts where id = any(contact_ids) order by id for no key update;
  end;

-- Builds the segments of the given messages, as they are now. A long content has a segment of its own.
create function add_message_segments(ids bigint[]) returns void
  language sql
  begin atomic
    insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
    select contact_id, min(created_at), max(created_at), count(*),
      array_agg(id order by created_at, id), string_agg(fold_text(content), U&'\0300' order by created_at, id)
    from (
      select *, (row_number() over (partition by contact_id, is_long order by created_at, id) - 1)
        / case when is_long then 1 else 32 end as segment_no
      from (select *, octet_length(content) > 2000 as is_long from messages where id = any(ids)) measured
    ) numbered
    group by contact_id, is_long, segment_no;
  end;

create function keep_inserted_segments() returns trigger
  language plpgsql
  as $$
begin
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

create function keep_updated_segments() returns trigger
  language plpgsql
  as $$
declare
  rewritten bigint[];
begin
  perform lock_contact_segments(array(select contact_id from replaced union select contact_id from updated));
  with gone as (
    delete from message_segments
    where ctid = any(array(
      select s.ctid
      from (select contact_id, min(created_at) as oldest_at, max(created_at) as newest_at from replaced group by 1) r
      join message_segments s on s.contact_id = r.contact_id and s.newest_at >= r.oldest_at and s.oldest_at <= r.newest_at
      where exists (select from unnest(s.message_ids) as id join replaced using (id))
    ))
    returning message_ids
  )
  select array(select unnest(message_ids) from gone union select id from updated) into rewritten;
  perform add_message_segments(rewritten);
  return null;
end
$$;

create function keep_deleted_segments() returns trigger
  language plpgsql
  as $$
declare
  rewritten bigint[];
begin
  perform lock_contact_segments(array(select distinct contact_id from deleted));
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
      where exists (select from unnest(s.message_ids) as id join deleted using (id))
    ))
    returning message_ids
  )
  select array(select unnest(message_ids) from gone) into rewritten;
  perform add_message_segments(rewritten);
  return null;
end
$$;

create function keep_truncated_segments() returns trigger
  language plpgsql
  as $$
begin
  truncate message_segments, unsegmented_contacts;
  return null;
end
$$;

-- Triggers fire in the order of their names. These come before record_...: every writer takes the row of the contact
-- before the row of its change, so that no two can deadlock.
create trigger keep_inserted_segments after insert on messages
  referencing new table as inserted for each statement execute function keep_inserted_segments();
create trigger keep_updated_segments after update on messages
  referencing old table as replaced new table as updated for each statement execute function keep_updated_segments();
create trigger keep_deleted_segments after delete on messages
  referencing old table as deleted for each statement execute function keep_deleted_segments();
create trigger keep_truncated_segments after truncate on messages
  for each statement execute function keep_truncated_segments();

-- Merges the small segments of those of the given contacts that have more than four, and returns how many it merged.
-- One statement: what it has deleted it has written again; what others rewrote meanwhile it does not touch.
create function merge_message_segments(contact_ids bigint[]) returns bigint
  language sql
  as $$
  with scattered as (
    select contact_id from message_segments
    where contact_id = any(contact_ids) and message_count < 32 and octet_length(body) <= 2000
    group by contact_id having count(*) > 4
  ), locked as (
    select id from contacts where id in (select contact_id from scattered) order by id for no key update skip locked
  ), gone as (
    delete from message_segments s using locked
    where s.contact_id = locked.id and s.message_count < 32 and octet_length(s.body) <= 2000
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
  select count(*) from gone
$$;

-- Builds the segments of one range of contacts that has none, and returns whether there was one. Ranges are taken with
-- their result in one transaction: it can be called by several processes, be interrupted anywhere, and go on later.
create function build_message_segments() returns boolean
  language plpgsql
  as $$
declare
  contacts_range unsegmented_contacts;
begin
  delete from unsegmented_contacts
  where first_contact_id = (select first_contact_id from unsegmented_contacts order by 1 limit 1 for update skip locked)
  returning * into contacts_range;
  if not found then
    return false;
  end if;
  perform id from contacts
  where id between contacts_range.first_contact_id and contacts_range.last_contact_id
  order by id for no key update;
  delete from message_segments
  where contact_id between contacts_range.first_contact_id and contacts_range.last_contact_id;
  insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
  select contact_id, min(created_at), max(created_at), count(*), array_agg(id), string_agg(fold_text(content), U&'\0300')
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

-- Leaves the building of all segments to build_message_segments(), in ranges of 1,000 contacts.
create procedure discard_message_segments()
  language sql
  begin atomic
    delete from unsegmented_contacts;
    insert into unsegmented_contacts
    select first_id, first_id + 999
    from generate_series((select min(contact_id) from messages), (select max(contact_id) from messages), 1000) as first_id;
  end;

call discard_message_segments();

-- The part of a content that holds the first match of a folded term, so that a page of long messages stays small.
-- Folding can change the length of a text: the guess moves until what lies before it folds to what lies before the match.
create function match_excerpt(content text, folded_term text) returns text
  language plpgsql immutable parallel safe
  as $$
declare
  folded_start integer := strpos(fold_text(content), folded_term);
  start integer := folded_start;
  drift integer;
begin
  if char_length(content) <= 1000 or folded_start = 0 then
    return left(content, 1000);
  end if;
  for attempt in 1..20 loop
    drift := folded_start - 1 - char_length(fold_text(left(content, start - 1)));
    exit when drift = 0;
    start := greatest(1, start + drift);
  end loop;
  return substr(content, greatest(1, start - 100), 1000);
end
$$;
