-- Segments are the read model of the search. A segment holds the folded contents of up to 32 messages of a contact in one row, so
-- that a search reads a few rows per contact and not many scattered ones. The contents are joined by U+0300. fold_text() removes that
-- character from every text, so a term never matches across two messages. A long content has a segment of its own.
--
-- A message is in exactly one place. Its writer puts it into unsegmented_messages, in the transaction of the message. The worker moves
-- it into a segment. Only the worker makes segments. A transaction that edits or deletes a message takes its segment apart and
-- puts the remaining messages back into unsegmented_messages.
create table message_segments (
  -- The position in the index: see 0009_segment_index.sql. A segment never changes; a segment that is written again has a new number.
  segment_no bigint generated always as identity,
  contact_id bigint not null,
  oldest_at timestamptz not null,
  newest_at timestamptz not null,
  message_count integer not null,
  -- In the order of the contents in the body.
  message_ids bigint[] not null,
  body text not null
) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05);

-- Every search would have to decompress compressed bodies.
alter table message_segments alter column message_ids set storage external, alter column body set storage external;

create unique index message_segments_no on message_segments (segment_no) include (contact_id);

-- It finds the segments of a contact. An index-only scan of it counts the messages of a thread, counts those newer than a time, and
-- tells which candidates belong to a contact.
create index message_segments_contact_newest on message_segments (contact_id, newest_at desc)
  include (oldest_at, message_count, segment_no);

-- It finds the newest segments of all contacts, for a search of messages.
create index message_segments_newest on message_segments (newest_at desc) include (oldest_at, segment_no, contact_id);

-- Folded messages that are in no segment yet. Each of their contacts has a pending change.
create table unsegmented_messages (
  contact_id bigint not null,
  message_id bigint not null,
  created_at timestamptz not null,
  body text not null,
  primary key (contact_id, message_id)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

alter table unsegmented_messages alter column body set storage external;

-- Contacts whose messages have no segments yet, because they were loaded with the triggers disabled. Searches read the messages of
-- these contacts themselves. build_segments() deletes the rows.
create table unsegmented_contacts (
  first_contact_id bigint primary key,
  last_contact_id bigint not null
);

-- The number of messages of contacts with very many, as of the last refresh. It is right while the contact has no pending change,
-- because every write to a message makes one. To add up the segments of 500,000 messages took 3 of the 5 ms of a page. For a contact
-- that is not here, the segments are added up.
create table thread_lengths (
  contact_id bigint primary key,
  message_count bigint not null
);

-- Messages that were loaded with the triggers disabled make no pending change.
create function discard_thread_lengths() returns trigger
  language plpgsql
  as $$
begin
  delete from thread_lengths;
  return null;
end
$$;

create trigger discard_thread_lengths after insert on unsegmented_contacts
  for each statement execute function discard_thread_lengths();

-- Records the lengths of long threads. To add up fewer than 64 segments takes some 10 µs, so shorter threads are left out. So are
-- contacts whose segments are not built yet.
create function record_thread_lengths(contact_ids bigint[]) returns void
  language plpgsql
  as $$
begin
  with long as materialized (
    select contact_id, sum(message_count) + (
      select count(*) from unsegmented_messages u where u.contact_id = s.contact_id
    ) as message_count
    from message_segments s
    where contact_id in (select unnest(contact_ids))
      and not exists (
        select from unsegmented_contacts where s.contact_id between first_contact_id and last_contact_id
      )
    group by contact_id having count(*) >= 64
  ), shortened as (
    delete from thread_lengths
    where contact_id in (select unnest(contact_ids)) and contact_id not in (select contact_id from long)
  )
  insert into thread_lengths (contact_id, message_count) select contact_id, message_count from long
  on conflict (contact_id) do update set message_count = excluded.message_count;
end
$$;

-- Moves the unsegmented messages of contacts into segments. It merges the small segments of a contact that would have more than four.
-- With `anew` it makes all segments of the contacts again, from the messages. Returns how many messages it wrote.
-- The caller keeps transactions away that take segments apart. Inserts need not wait: one statement with one snapshot deletes and
-- reads, so a message that commits meanwhile is neither deleted nor read, and stays unsegmented.
-- The shared lock is held while numbers are taken: see 0009_segment_index.sql.
create function write_segments(contact_ids bigint[], anew boolean) returns bigint
  language plpgsql
  as $$
declare
  messages_written bigint;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('number message_segments', 0));
  with unsegmented as (
    delete from unsegmented_messages where contact_id in (select unnest(contact_ids)) returning *
  ), scattered as (
    select contact_id from message_segments
    where not anew and contact_id in (select unnest(contact_ids)) and message_count < 32 and octet_length(body) <= 2000
    group by contact_id having count(*) >= 4
  ), replaced as (
    delete from message_segments
    where contact_id in (select unnest(contact_ids))
      and (anew or message_count < 32 and octet_length(body) <= 2000 and contact_id in (select contact_id from scattered))
    returning contact_id, message_ids, body
  ), folded as (
    select contact_id, message_id, created_at, body from unsegmented where not anew
    union all
    select replaced.contact_id, part.message_id, written.created_at, part.body
    from replaced
    cross join unnest(message_ids, string_to_array(body, U&'\0300')) as part (message_id, body)
    cross join lateral (
      select created_at from messages where id = part.message_id and contact_id = replaced.contact_id offset 0
    ) written
    where not anew
    union all
    select contact_id, id, created_at, fold_text(content) from messages
    where anew and contact_id in (select unnest(contact_ids))
  ), segmented as (
    insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
    select contact_id, min(created_at), max(created_at), count(*),
      array_agg(message_id order by created_at, message_id), string_agg(body, U&'\0300' order by created_at, message_id)
    from (
      select *, (row_number() over (partition by contact_id, is_long order by created_at, message_id) - 1)
        / case when is_long then 1 else 32 end as position
      from (select *, octet_length(body) > 2000 as is_long from folded) measured
    ) positioned
    group by contact_id, is_long, position
    order by contact_id, position
    returning message_count
  )
  select coalesce(sum(message_count), 0) into messages_written from segmented;
  return messages_written;
end
$$;

-- Moves the unsegmented messages of contacts with a pending change into segments. It skips contacts whose change another transaction
-- holds. Records the lengths of all their threads. Returns how many messages it wrote.
create function segment_messages(contact_ids bigint[]) returns bigint
  language plpgsql
  as $$
declare
  held bigint[];
  messages_written bigint;
begin
  lock table unsegmented_contacts in share mode;
  held := array(
    select contact_id from conversation_changes where contact_id in (select unnest(contact_ids))
    order by contact_id for update skip locked
  );
  messages_written := write_segments(held, anew => false);
  perform record_thread_lengths(contact_ids);
  return messages_written;
end
$$;

-- Takes the segments of changed messages apart: the messages in them become unsegmented, as they are now. The caller holds the changes
-- of the contacts. Each array has one element per message, as it was before.
-- `is true` makes the membership test a hashed set. A join would compare every segment with every message.
create function unsegment_messages(contact_ids bigint[], message_ids bigint[], times timestamptz[]) returns void
  language plpgsql
  as $$
begin
  lock table unsegmented_contacts in share mode;
  delete from unsegmented_messages u
  where u.contact_id in (select unnest(contact_ids)) and (u.message_id in (select unnest(message_ids))) is true;
  with gone as (
    delete from message_segments s
    using (
      select contact_id, min(created_at) as oldest_at, max(created_at) as newest_at
      from unnest(contact_ids, times) as was (contact_id, created_at)
      group by contact_id
    ) changed
    where s.contact_id = changed.contact_id and s.newest_at >= changed.oldest_at and s.oldest_at <= changed.newest_at
      and (
        select bool_or((part.id in (select unnest(unsegment_messages.message_ids))) is true)
        from unnest(s.message_ids) as part (id)
      )
    returning s.contact_id, s.message_ids
  )
  insert into unsegmented_messages (contact_id, message_id, created_at, body)
  select gone.contact_id, written.id, written.created_at, fold_text(written.content)
  from gone
  cross join unnest(gone.message_ids) as part (id)
  cross join lateral (
    select id, created_at, content from messages where id = part.id and contact_id = gone.contact_id offset 0
  ) written;
end
$$;

-- Builds the segments of one range of contacts that has none. Returns false if there is no range, or while a transaction takes segments
-- apart or merges them (these lock in share mode). Several processes may build at the same time.
create function build_segments() returns boolean
  language plpgsql
  as $$
declare
  contacts_range unsegmented_contacts;
  contact_ids bigint[];
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
  contact_ids := array(
    select id from contacts where id between contacts_range.first_contact_id and contacts_range.last_contact_id
    union
    select contact_id from message_segments
    where contact_id between contacts_range.first_contact_id and contacts_range.last_contact_id
    union
    select contact_id from unsegmented_messages
    where contact_id between contacts_range.first_contact_id and contacts_range.last_contact_id
  );
  perform write_segments(contact_ids, anew => true);
  perform record_thread_lengths(contact_ids);
  return true;
end
$$;

-- Leaves the building of all segments to build_segments(), in ranges of 1,000 existing contacts. Steps of 1,000 ids would be 9 * 10^12
-- rows for an id of 9 * 10^15.
create procedure discard_segments()
  language sql
  begin atomic
    delete from unsegmented_contacts;
    insert into unsegmented_contacts (first_contact_id, last_contact_id)
    select min(id), max(id)
    from (select id, (row_number() over (order by id) - 1) / 1000 as range_no from contacts) numbered
    where exists (select from messages)
    group by range_no;
  end;
