import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import type { Tables } from './kept-schema.ts';
import { OLD_COLUMNS } from './old-columns.ts';

/** Lines about what an adoption does not take along, and what to do about it. */
export async function listLeftBehind(db: Queryable, { contacts, messages }: Tables): Promise<string[]> {
  const taken = [OLD_COLUMNS.contacts, OLD_COLUMNS.messages].map((columns) => Object.keys(columns));
  const rows = await many<{ line: string }>(db, LINES, [contacts, messages, ...taken]);
  return rows.map(({ line }) => line);
}

const LINES = `
  with old as (
    select 'contacts' as name, $1::regclass as oid, $3::text[] as taken
    union all
    select 'messages', $2::regclass, $4::text[]
  )
  select format('%s: the columns %s stay in the old table.', name, string_agg(quote_ident(attname), ', ' order by attnum)) as line
  from old join pg_attribute on attrelid = oid and attnum > 0 and not attisdropped and attname <> all (taken)
  group by name
  union all
  select format('%s: the trigger %I stays with the old table; it does not see writes any more.', name, tgname)
  from old join pg_trigger on tgrelid = old.oid and not tgisinternal
  union all
  select format('The function %s reads the old tables; make it again.', objid::regprocedure)
  from pg_depend where classid = 'pg_proc'::regclass and refclassid = 'pg_class'::regclass and refobjid in (select oid from old)
  union all
  select format('The role %I had rights on the old tables. For the new ones: npm run db:roles, then grant messaging_app to %1$I;', rolname)
  from pg_roles
  where oid in (
    select grantee from old join pg_class on pg_class.oid = old.oid cross join aclexplode(relacl) where grantee not in (0, relowner)
  )`;
