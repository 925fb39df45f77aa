-- An import is many transactions. While it is unfinished, its key has a row without a status, which says how far it came:
-- the transaction of each batch records that, so that the batch and the record are both there or neither.
--   body          the response so far
--   request_hash  SHA-256 of the command's name and of the first `bytes` bytes of the body, which end with line `lines`
--   attempt       the request that may go on; a later request takes over with an attempt of its own
--   leased_until  until when that request is in progress, unless it renews this; null where it has ended
--   created_at    when any of this was last recorded: an import in progress is never pruned
alter table idempotency_keys
  alter column status drop not null,
  add column attempt uuid,
  add column leased_until timestamptz,
  add column lines bigint,
  add column bytes bigint,
  add constraint idempotency_keys_unfinished
    check (status is not null or (attempt is not null and lines is not null and bytes is not null and body is not null));
