const ARE_SEGMENTS_MISSING = 'exists (select from unsegmented_contacts)';

/** SQL for the exact number of messages of contact `$1`: an index knows it by the segment, 32 messages at a time. */
export const threadLength = `(case when ${ARE_SEGMENTS_MISSING}
    then (select count(*) from messages where contact_id = $1)
    else (select coalesce(sum(message_count), 0) from message_segments where contact_id = $1)
  end)::bigint`;

/**
 * SQL for how many messages of contact `$1` come before the one in `anchor`, a row of messages: whole segments by the
 * index, and the messages of those that overlap its time one by one.
 */
export const newerThan = (anchor: string): string => `(case when ${ARE_SEGMENTS_MISSING}
    then (
      select count(*) from messages m
      where m.contact_id = $1 and (m.created_at, m.id) > (${anchor}.created_at, ${anchor}.id)
    ) else (
      select coalesce(sum(message_count), 0) from message_segments
      where contact_id = $1 and newest_at > ${anchor}.created_at and oldest_at > ${anchor}.created_at
    ) + (
      select count(*)
      from message_segments s
      cross join unnest(s.message_ids) as part (message_id)
      join messages m on m.id = part.message_id
      where s.contact_id = $1 and s.newest_at >= ${anchor}.created_at and s.oldest_at <= ${anchor}.created_at
        and (m.created_at, m.id) > (${anchor}.created_at, ${anchor}.id)
    )
  end)::bigint`;
