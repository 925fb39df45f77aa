-- The first answers to commands that were sent with an Idempotency-Key, written in the command's own transaction: either
-- both are there or neither. Kept for 24 hours; the worker deletes older ones.
create table idempotency_keys (
  -- Who sent it: keys of one client say nothing of another's.
  client text not null,
  key text not null,
  -- SHA-256 of the command's name and input.
  request_hash bytea not null,
  status smallint not null,
  body text,
  created_at timestamptz not null default now(),
  primary key (client, key)
);

create index idempotency_keys_created on idempotency_keys (created_at);

-- What a client calls its own message, so that an import can be repeated. With the contact, as any unique index must be
-- if messages are ever to be partitioned by contact.
alter table messages add column client_message_id text;

create unique index messages_client_message on messages (contact_id, client_message_id)
  where client_message_id is not null;
