-- Which segments have one of the changed messages was asked segment by segment, each against all that changed: an update of
-- many messages of a contact of many took the product of both. A set of what changed is asked once for each message;
-- `is true` keeps it one (hashed), where the planner would join by a plan that may have been made for a single row.
create or replace function keep_updated_segments() returns trigger
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
      where (select bool_or((part.id in (select id from replaced)) is true) from unnest(s.message_ids) as part (id))
    ))
    returning message_ids
  )
  select array(select unnest(message_ids) from gone union select id from updated) into rewritten;
  perform add_message_segments(rewritten);
  return null;
end
$$;

create or replace function keep_deleted_segments() returns trigger
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
      where (select bool_or((part.id in (select id from deleted)) is true) from unnest(s.message_ids) as part (id))
    ))
    returning message_ids
  )
  select array(select unnest(message_ids) from gone) into rewritten;
  perform add_message_segments(rewritten);
  return null;
end
$$;
