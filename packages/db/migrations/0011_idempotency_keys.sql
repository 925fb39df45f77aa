-- The first responses to commands that were sent with an Idempotency-Key, written in the command's own transaction: either
-- both are there or neither. Kept for 24 hours; the worker deletes older ones.
--
-- An import is many transactions. While it is unfinished, its row has no status, and says how far it came: the transaction
-- of each batch records that, so that the batch and the record are both there or neither.
create table idempotency_keys (
  -- Who sent it: keys of one client say nothing of another's.
  client text not null,
  key text not null,
  -- SHA-256 of the command's name and input; of an unfinished import, of the command's name and the first `bytes` bytes of the
  -- body, which end with line `lines`.
  request_hash bytea not null,
  status smallint,
  -- The response, or the response so far.
  body text,
  -- When any of this was last recorded: an import in progress is never pruned.
  created_at timestamptz not null default now(),
  -- The request that may go on; a later request takes over with an attempt of its own.
  attempt uuid,
  -- Until when that request is in progress, unless it renews this; null where it has ended.
  leased_until timestamptz,
  lines bigint,
  bytes bigint,
  primary key (client, key),
  constraint idempotency_keys_unfinished
    check (status is not null or (attempt is not null and lines is not null and bytes is not null and body is not null))
);

create index idempotency_keys_created on idempotency_keys (created_at);
