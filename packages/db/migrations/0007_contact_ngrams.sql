-- Which contacts' texts hold a character, or two in a row: the index for what the trigram index cannot find (two letters,
-- an emoji, two ideographs), and for words of a script that few write in. An n-gram is a number: see ngrams.ts.
--
-- A superset, as of the last refresh: a search confirms what it finds here in the segments, and looks at the contacts with a
-- pending change besides. So writers never touch it; the worker keeps it in its refresh.
create table contact_ngrams (
  contact_id bigint not null,
  -- Those of the contact's name, phone number and messages that no earlier row of the contact has.
  ngrams integer[] not null
);

create index contact_ngrams_contact on contact_ngrams (contact_id);
-- Every search reads the list of pending entries, so it is short; without one the index takes twice as long to build.
create index contact_ngrams_ngrams on contact_ngrams using gin (ngrams) with (gin_pending_list_limit = 1024);

-- How many contacts have an n-gram. One that more than 4,000 have is not kept for contacts any more: a walk over the newest
-- conversations finds it soon.
create table ngram_counts (
  ngram integer primary key,
  contact_count integer not null
) with (fillfactor = 80);

-- How far the index is: one row once it was begun. Without it, or while `built_to` is not null, searches do without.
create table ngram_progress (
  is_only boolean primary key default true check (is_only),
  -- Contacts up to this id are in the index; null for all.
  built_to bigint default 0,
  -- Segments written by older transactions are in the index, those of contacts that are not built yet aside.
  indexed_before xid8 not null default pg_snapshot_xmin(pg_current_snapshot())
);

-- Segments that appear without their messages being written are not seen by a refresh: the index begins anew.
create function discard_ngrams() returns trigger
  language plpgsql
  as $$
begin
  delete from ngram_progress;
  return null;
end
$$;

create trigger discard_ngrams after insert on unsegmented_contacts
  for each statement execute function discard_ngrams();
