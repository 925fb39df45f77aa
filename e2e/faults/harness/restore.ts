import pg from 'pg';

/**
 * Copies all rows of one database into another that is migrated and empty, as pg_dump and pg_restore do: triggers do not fire,
 * identities go on, the view is refreshed at the end. (The embedded server comes without these two programs.)
 */
export async function restoreInto(from: pg.Client, connectionString: string): Promise<void> {
  const to = new pg.Client({ connectionString });
  await to.connect();
  try {
    await to.query('set session_replication_role = replica');
    for (const { name, columns } of await listTables(from)) {
      const { rows } = await from.query(`select json_agg(t)::text as rows from (select ${columns} from ${name}) t`);
      await to.query(`delete from ${name}`);
      await to.query(
        `insert into ${name} (${columns}) overriding system value
         select ${columns} from json_populate_recordset(null::${name}, $1::json)`,
        [rows[0].rows ?? '[]'],
      );
    }
    for (const table of ['contacts', 'messages', 'view_refreshes']) {
      await to.query(
        `select setval(pg_get_serial_sequence('${table}', 'id'), (select coalesce(max(id), 1) from ${table}))`,
      );
    }
    const { rows: numbers } = await from.query('select last_value, is_called from message_segments_segment_no_seq');
    await to.query("select setval('message_segments_segment_no_seq', $1, $2)", [
      numbers[0].last_value,
      numbers[0].is_called,
    ]);
    await to.query('refresh materialized view recent_conversations');
  } finally {
    await to.end();
  }
}

/** Those with rows of ours; what is generated is left out. */
async function listTables(db: pg.Client): Promise<{ name: string; columns: string }[]> {
  const { rows } = await db.query(`
    select relname as name, string_agg(quote_ident(attname), ', ' order by attnum) as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migrations'
      and attnum > 0 and not attisdropped and attgenerated = ''
    group by relname order by relname`);
  return rows;
}
