-- A write to messages records the pending changes of its contacts first, because these are the lock, and then the texts for searches.
-- All of it is in the transaction of the write.

create function record_inserted_messages() returns trigger
  language plpgsql
  as $$
declare
  contact_ids constant bigint[] := array(select distinct contact_id from inserted);
begin
  if contact_ids = '{}' then
    return null;
  end if;
  perform record_conversation_changes(contact_ids);
  insert into unsegmented_messages (contact_id, message_id, created_at, body)
  select contact_id, id, created_at, fold_text(content) from inserted;
  return null;
end
$$;

create function record_updated_messages() returns trigger
  language plpgsql
  as $$
begin
  if not exists (select from updated) then
    return null;
  end if;
  perform record_conversation_changes(array(select contact_id from replaced union select contact_id from updated));
  perform unsegment_messages(array_agg(contact_id), array_agg(id), array_agg(created_at)) from replaced;
  -- Messages that were unsegmented before, or that moved to another contact.
  insert into unsegmented_messages (contact_id, message_id, created_at, body)
  select contact_id, id, created_at, fold_text(content) from updated
  on conflict (contact_id, message_id) do nothing;
  return null;
end
$$;

create function record_deleted_messages() returns trigger
  language plpgsql
  as $$
declare
  contact_ids constant bigint[] := array(select distinct contact_id from deleted);
begin
  if contact_ids = '{}' then
    return null;
  end if;
  perform record_conversation_changes(contact_ids);
  lock table unsegmented_contacts in share mode;
  -- A thousand messages at once are mostly deleted together with their contact.
  delete from message_segments s
  where contact_id in (select unnest(contact_ids)) and not exists (select from messages where contact_id = s.contact_id);
  perform unsegment_messages(array_agg(contact_id), array_agg(id), array_agg(created_at)) from deleted;
  return null;
end
$$;

create function record_truncated_messages() returns trigger
  language plpgsql
  as $$
begin
  perform record_conversation_changes(
    array(select contact_id from recent_conversations union select contact_id from conversation_changes)
  );
  truncate message_segments, unsegmented_messages, unsegmented_contacts;
  return null;
end
$$;

create trigger record_inserted_messages after insert on messages
  referencing new table as inserted for each statement execute function record_inserted_messages();
create trigger record_updated_messages after update on messages
  referencing old table as replaced new table as updated for each statement execute function record_updated_messages();
create trigger record_deleted_messages after delete on messages
  referencing old table as deleted for each statement execute function record_deleted_messages();
create trigger record_truncated_messages after truncate on messages
  for each statement execute function record_truncated_messages();
