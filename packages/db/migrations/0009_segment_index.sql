-- The index of segments: bit-sliced signatures (Faloutsos and Christodoulakis, "Signature files", ACM TOIS 2(4),
-- 1984; Goodwin et al., "BitFunnel", SIGIR 2017). The signature of a segment has 8,192 bits. Each piece of one to six
-- characters of its text sets some of them: see src/search-index/signature.ts. Signatures are stored transposed: a row, called a slice,
-- has one bit of 8,192 segments. A search reads the slices of the bits of its term and ands them. The bits that are left are its
-- candidates: the segments that may hold the term. 235,000 segments of 5,500,000 messages take 280 MB.
--
-- The worker makes block n from the segments with the numbers from 8,192 * n to 8,192 * n + 8,191, once all of these are taken. It never
-- changes a block. A deleted segment leaves a position that finds nothing. Compaction dissolves a block with fewer than half of its
-- segments left: it gives them new numbers.
create table segment_slices (
  block_no integer not null,
  bit_no integer not null,
  segments bit(8192) not null,
  primary key (bit_no, block_no)
);

-- Every search would have to decompress compressed slices.
alter table segment_slices alter column segments set storage plain;

-- All blocks that were made. Segments with numbers behind the last block are in none yet; a search reads each of them.
create table segment_blocks (
  block_no integer primary key,
  -- How many segments it was made from; 0 once it is dissolved.
  segment_count integer not null
);

-- Returns the first number that is not settled. Every lower number belongs to a segment that is committed, or to no segment, ever.
-- A number is taken before its segment commits. If a block were made in between, the segment would be neither in the block nor behind
-- it. So a transaction that takes numbers holds this lock in share mode until it commits, and we wait for it. Writers take no numbers.
-- With `closes_block` the unused numbers of the last block are given up, so that the block can be made.
create function settle_segment_numbers(closes_block boolean) returns bigint
  language plpgsql
  as $$
declare
  next_no bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('number message_segments', 0));
  select coalesce(max(segment_no), 0) + 1 into next_no from message_segments;
  if closes_block and next_no > (select coalesce((max(block_no) + 1)::bigint * 8192, 0) from segment_blocks) then
    select (greatest(last_value, next_no) + 8191) / 8192 * 8192 into next_no from message_segments_segment_no_seq;
    perform setval('message_segments_segment_no_seq', next_no, false);
  end if;
  return next_no;
end
$$;

-- Compaction: gives new numbers to the segments of blocks with fewer than half of their segments left, and deletes the slices of a block
-- that has none. Returns how many segments it renumbered. It skips segments that are locked, so that it never waits for a writer;
-- the next compaction looks at their block again.
create function compact_blocks() returns bigint
  language plpgsql
  as $$
declare
  block record;
  segments_moved bigint := 0;
  moved bigint;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('number message_segments', 0));
  for block in
    select block_no, block_no::bigint * 8192 as first_no, segment_count from segment_blocks
    where segment_count > 0 order by block_no
  loop
    continue when 2 * (
      select count(*) from message_segments where segment_no between block.first_no and block.first_no + 8191
    ) >= block.segment_count;
    update message_segments set segment_no = default
    where segment_no in (
      select segment_no from message_segments
      where segment_no between block.first_no and block.first_no + 8191
      order by segment_no for update skip locked
    );
    get diagnostics moved = row_count;
    segments_moved := segments_moved + moved;
    if not exists (
      select from message_segments where segment_no between block.first_no and block.first_no + 8191
    ) then
      delete from segment_slices where block_no = block.block_no;
      update segment_blocks set segment_count = 0 where block_no = block.block_no;
    end if;
  end loop;
  return segments_moved;
end
$$;
