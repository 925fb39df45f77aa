-- How many messages the contacts with very many have, as of the last refresh: right while the contact has no pending change,
-- for every write to a message is one. Adding up the segments of a thread of 500,000 messages took 3 of the 5 ms of a page.
-- Kept by the worker with the n-grams, and empty while these are discarded; a contact that is not here has its segments added up.
create table thread_lengths (
  contact_id bigint primary key,
  message_count bigint not null
);

-- As for the n-grams: messages that came with the triggers disabled are no pending change.
create or replace function discard_ngrams() returns trigger
  language plpgsql
  as $$
begin
  delete from ngram_progress;
  delete from thread_lengths;
  return null;
end
$$;
