import type pg from 'pg';

/**
 * To contacts 1 to 50 that have none: one message each for 1 to 3, and 300 for 4, of which the 150th alone is about a giraffe.
 */
export async function addHistory(db: pg.Client): Promise<void> {
  await db.query(`
    insert into messages (contact_id, content, created_at, direction)
    select i, 'greeting ' || i, timestamptz '2026-01-01' + i * interval '1 hour', 'inbound'::message_direction from generate_series(1, 3) i;
    insert into messages (contact_id, content, created_at, direction)
    select 4, case when i = 150 then 'a giraffe' else 'line ' || i end, timestamptz '2026-02-01' + i * interval '1 minute',
      (case when i % 2 = 0 then 'outbound' else 'inbound' end)::message_direction
    from generate_series(1, 300) i`);
}
