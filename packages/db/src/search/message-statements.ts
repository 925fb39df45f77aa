/**
 * The parameters of these statements: `$1` the term, `$2` the contact, `$3` the direction, `$4` the first time, `$5` and `$6` the
 * key after which the wanted messages come, newest first. Any but the term may be null.
 */
const wanted = (id: string): string => `
  (created_at, ${id}) < (coalesce($5::timestamptz, 'infinity'), coalesce($6::bigint, 0))
  and created_at >= coalesce($4::timestamptz, '-infinity')`;
const OF_DIRECTION = '($3::message_direction is null or direction = $3)';
const NEWEST_FIRST = 'order by "createdAt" desc, id desc';

/** The contacts of these ranges have their messages in no other place: see 0007_message_segments.sql. */
const IS_SEGMENTED = (contactId: string) => `
  not exists (select from unsegmented_contacts where ${contactId} between first_contact_id and last_contact_id)`;

const UNSEGMENTED = `
  select message_id as id, created_at as "createdAt", strpos(body, $1) as "foldedStart"
  from unsegmented_messages u
  where ($2::bigint is null or contact_id = $2) and strpos(body, $1) > 0 and ${wanted('message_id')}
    and ${IS_SEGMENTED('u.contact_id')}
    and exists (select from messages where id = message_id and contact_id = u.contact_id and ${OF_DIRECTION} offset 0)
  union all
  select unsegmented.*
  from unsegmented_contacts
  cross join lateral (
    select id, created_at, strpos(fold_text(content), $1) from messages
    where contact_id between first_contact_id and last_contact_id and ($2 is null or contact_id = $2)
      and strpos(fold_text(content), $1) > 0 and ${wanted('id')} and ${OF_DIRECTION}
    offset 0
  ) unsegmented`;

/** The newest `$7` matches in no segment. */
export const UNSEGMENTED_MATCHES = `select * from (${UNSEGMENTED}) matches ${NEWEST_FIRST} limit $7`;

/** A segment that can have a wanted message. */
const CAN_HAVE = `
  newest_at >= coalesce($4::timestamptz, '-infinity') and oldest_at <= coalesce($5::timestamptz, 'infinity')
  and ($2::bigint is null or contact_id = $2)`;
const COLUMNS = 'segment_no, contact_id, newest_at';

/** `$7` are the candidates, or null for all; segments from `$8` on are in no block. `is true` makes the planner hash `$7`. */
const IS_CANDIDATE = `($7::bigint[] is null or (segment_no in (select unnest($7))) is true or segment_no >= $8::bigint)`;

const SEGMENTS = {
  ofContact: `
    select ${COLUMNS} from message_segments where contact_id = $2 and ${CAN_HAVE} and ${IS_CANDIDATE} order by newest_at desc`,
  newest: `
    select ${COLUMNS} from message_segments where ${CAN_HAVE} and ${IS_CANDIDATE} order by newest_at desc`,
  few: `
    select ${COLUMNS} from (
      select ${COLUMNS}, oldest_at from message_segments where segment_no = any($7::bigint[])
      union all
      select ${COLUMNS}, oldest_at from message_segments where segment_no >= $8::bigint and strpos(body, $1) > 0
    ) known
    where ${CAN_HAVE} order by newest_at desc`,
};

/** The matches in a segment `s`. */
const MATCHES_OF_SEGMENT = `
    select written.id, written.created_at as "createdAt", strpos(part.body, $1) as "foldedStart"
    from (
      select message_ids, message_count, body from message_segments
      where segment_no = s.segment_no and strpos(body, $1) > 0 and ${IS_SEGMENTED('s.contact_id')}
      offset 0
    ) segment
    cross join unnest(
      message_ids,
      case when message_count = 1 then array[body] else string_to_array(body, U&'\\0300') end
    ) as part (message_id, body)
    cross join lateral (
      select id, created_at from messages
      where id = part.message_id and contact_id = s.contact_id and ${wanted('id')} and ${OF_DIRECTION}
      offset 0
    ) written
    where strpos(part.body, $1) > 0`;

/** Declares a cursor `matches`: each segment with its matches, or with nulls, by the time of its newest message. */
export const declareMatches = (way: keyof typeof SEGMENTS): string => `
  declare matches no scroll cursor for
  select s.newest_at as "newestAt", m.*
  from (${SEGMENTS[way]} offset 0) s
  left join lateral (${MATCHES_OF_SEGMENT}
  ) m on true
  order by s.newest_at desc`;

/** All matches in their order, `$10` of them after `$9`, and how many there are. */
export const allMatches = (way: keyof typeof SEGMENTS): string => `
  with matches as materialized (
    select m.* from (${SEGMENTS[way]} offset 0) s cross join lateral (${MATCHES_OF_SEGMENT}
    ) m
    union all
    ${UNSEGMENTED}
  )
  select page.*, total
  from (select count(*) as total from matches) counted
  left join (select * from matches ${NEWEST_FIRST} offset $9::bigint limit $10::bigint) page on true
  ${NEWEST_FIRST}`;

/** The keys of the newest `$7` messages: see messages_newest. Those of unknown direction have their order only with it. */
const newestKeys = ['$3', "'inbound'", "'outbound'", null].map((direction) => {
  const isOf = direction === null ? 'direction is null' : `direction = ${direction}::message_direction`;
  const isAsked = direction === '$3' ? '' : 'and $3::message_direction is null';
  return `
      (select created_at, id from messages where ${isOf} ${isAsked} and ${wanted('id')}
       order by direction, created_at desc, id desc limit $7::bigint)`;
});

/** The matches among the newest `$7` messages, `$8` of them. Each is read and folded, until there are enough. */
export const NEWEST_MESSAGES = `
  select k.id, k.created_at as "createdAt", m.folded_start as "foldedStart"
  from (
    select * from (${newestKeys.join(' union all ')}) merged order by created_at desc, id desc limit $7
  ) k
  cross join lateral (
    select strpos(fold_text(content), $1) as folded_start from messages
    where id = k.id and ($2::bigint is null or contact_id = $2)
    offset 0
  ) m
  where m.folded_start > 0
  order by k.created_at desc, k.id desc limit $8`;
