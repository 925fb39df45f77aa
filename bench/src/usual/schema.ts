import type { Queryable } from '@messaging/db';

/** Makes the usual design's view over the same tables, and its trigger, which only its own benchmark enables. */
export async function createUsualSchema(db: Queryable): Promise<void> {
  await db.query(SCHEMA);
}

/** A contact with two messages of the same newest time would be there twice: `distinct on` is what people add then. */
const SCHEMA = `
  drop schema if exists usual cascade;
  create schema usual;

  create materialized view usual.recent_conversations as
    select distinct on (c.id)
      c.id as contact_id, c.name, c.phone_number, m.content as last_message, m.created_at as last_message_at
    from contacts c
    join (select contact_id, max(created_at) as created_at from messages group by contact_id) newest
      on newest.contact_id = c.id
    join messages m on m.contact_id = newest.contact_id and m.created_at = newest.created_at
    order by c.id, m.id desc;
  create unique index on usual.recent_conversations (contact_id);
  create index on usual.recent_conversations (last_message_at desc, contact_id desc);
  create index on usual.recent_conversations using gin (name gin_trgm_ops);
  create index on usual.recent_conversations using gin (phone_number gin_trgm_ops);
  create index on usual.recent_conversations using gin (last_message gin_trgm_ops);

  create function usual.notify_change() returns trigger language plpgsql as $$
  begin
    perform pg_notify('usual_changes', '');
    return null;
  end
  $$;
  create trigger usual_notify_change after insert on messages
    for each statement execute function usual.notify_change();
  alter table messages disable trigger usual_notify_change;
`;
