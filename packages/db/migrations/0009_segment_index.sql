-- Which segments may hold a text: bit-sliced signatures (Faloutsos and Christodoulakis, "Signature files", ACM TOIS 2(4),
-- 1984; Goodwin et al., "BitFunnel", SIGIR 2017). The signature of a segment has 8,192 bits; each piece of one to six
-- characters of its text sets some of them: see src/search-index/signature.ts. Signatures are stored transposed: the bit
-- `bit_no` of 8,192 segments, one behind the other, is one row. A search reads the rows of the bits of its term and ands them:
-- what is left are the segments that may hold it. 235,000 segments of 5,500,000 messages take 290 MB.
--
-- The worker makes a block of the segments 8,192 * block_no and on, once there are so many, and never changes it. A segment
-- that is gone leaves a position that no segment has. A block with fewer than half of its segments left is taken apart:
-- the segments left are numbered anew (compaction).
create table segment_slices (
  block_no integer not null,
  bit_no integer not null,
  segments bit(8192) not null,
  primary key (bit_no, block_no)
);

-- Compressed slices would have to be unpacked by every search.
alter table segment_slices alter column segments set storage plain;

-- The blocks there are, and were: segments behind the last of them are in no block yet, and looked through one by one.
create table segment_blocks (
  block_no integer primary key,
  -- How many segments it was made of; 0 once it is taken apart.
  segment_count integer not null
);

-- How many numbers of segments are settled: all below are given to segments that are committed, or will never be. A
-- number is taken before its segment commits: were a block made from the numbers in between, the segment would be in no block
-- and behind none. Who takes numbers holds this lock until the commit, and we wait for it. Transactions of writers take none.
-- With `closes_block` the numbers that are left of the last block are given up, so that it can be made.
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

-- Numbers the segments anew that are left of blocks with fewer than half of theirs, and forgets the slices of a block that has none.
-- Segments that somebody is deleting are passed over: the block is looked at again.
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
