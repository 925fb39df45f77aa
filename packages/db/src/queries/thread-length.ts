const ARE_SEGMENTS_MISSING = 'exists (select from unsegmented_contacts)';

/**
 * SQL for the exact number of messages of contact `$1`. For a very long thread without a write since the last refresh,
 * the number is stored. Otherwise an index contains the count of each segment of 32 messages, and the unsegmented
 * messages are counted.
 */
export const threadLength = `coalesce(
    (
      select message_count from thread_lengths
      where contact_id = $1 and not exists (select from conversation_changes where contact_id = $1)
    ),
    case when ${ARE_SEGMENTS_MISSING}
      then (select count(*) from messages where contact_id = $1)
      else (select coalesce(sum(message_count), 0) from message_segments where contact_id = $1)
        + (select count(*) from unsegmented_messages where contact_id = $1)
    end
  )::bigint`;

/**
 * SQL for a row with the number of messages of contact `$1` that are `newer` than the message in `anchor`, a one-row
 * relation. It adds the newer unsegmented messages, whole segments by the index, and single messages of segments that
 * overlap the anchor's time.
 */
export const newerInThread = (anchor: string): string => `
  select count(*) as newer
  from messages
  where contact_id = $1 and (created_at, id) > (${anchor}.created_at, ${anchor}.id) and ${ARE_SEGMENTS_MISSING}
  having ${ARE_SEGMENTS_MISSING}
  union all
  select (unsegmented.newer + whole.newer + partly.newer)::bigint
  from (
    select count(*) as newer from unsegmented_messages
    where contact_id = $1 and (created_at, message_id) > (${anchor}.created_at, ${anchor}.id)
  ) unsegmented
  cross join (
    select
      coalesce(sum(message_count) filter (where oldest_at > ${anchor}.created_at), 0) as newer,
      array_agg(distinct newest_at) filter (where oldest_at <= ${anchor}.created_at) as overlapping
    from message_segments
    where contact_id = $1 and newest_at >= ${anchor}.created_at
  ) whole
  cross join lateral (
    select count(*) as newer
    from message_segments s
    cross join unnest(s.message_ids) as part (message_id)
    cross join lateral (select created_at, id from messages where id = part.message_id and contact_id = $1 offset 0) m
    where s.contact_id = $1 and s.newest_at = any(whole.overlapping) and s.oldest_at <= ${anchor}.created_at
      and (m.created_at, m.id) > (${anchor}.created_at, ${anchor}.id)
  ) partly
  where not ${ARE_SEGMENTS_MISSING}`;
