-- Which segments may hold a text: for each the four characters in a row that it has, as bits of a signature (superimposed
-- coding). A search for four characters or more reads these 72 MB in place of 366, and then the segments that have all
-- bits of the term: 25 to 45 ms of one core for what a scan of all segments took 200 to 330 ms for.
--
-- A superset, as of the last refresh, and kept with the other n-grams: see 0007_contact_ngrams.sql.
create table segment_signatures (
  contact_id bigint not null,
  -- With the contact it tells the segment. Of several with the same, all bits are here.
  newest_at timestamptz not null,
  signature bit(2048) not null,
  primary key (contact_id, newest_at)
);

-- Compressed signatures would have to be unpacked by every search.
alter table segment_signatures alter column signature set storage plain;

-- The index of n-grams is to be built anew, with signatures.
delete from ngram_progress;
