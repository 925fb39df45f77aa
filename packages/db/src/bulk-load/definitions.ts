import type { Queryable } from '../connection/pool.ts';
import { many, maybeOne } from '../connection/sql.ts';

/** Objects that are dropped before a bulk load and created again after it, as SQL statements. */
export interface Definition {
  kind: 'primary key' | 'constraint' | 'index' | 'foreign key';
  name: string;
  drop: string;
  create: string;
}

/**
 * The keys, unique constraints and indexes of `tables`, and every foreign key from or to them. They are read from the
 * catalog, so that no definition is written twice. The order is the order of creation; they are dropped in reverse.
 */
export function listDefinitions(db: Queryable, tables: readonly string[]): Promise<Definition[]> {
  return many<DefinitionRow>(db, DEFINITIONS, [tables]);
}

/** The ordinary triggers of `tables`, each as a pair of statements. */
export function listTriggers(db: Queryable, tables: readonly string[]): Promise<{ disable: string; enable: string }[]> {
  return many<{ disable: string; enable: string }>(db, TRIGGERS, [tables]);
}

/** True if the table is partitioned. */
export async function isPartitioned(db: Queryable, table: string): Promise<boolean> {
  const found = await maybeOne(db, "select from pg_class where oid = $1::text::regclass and relkind = 'p'", [table]);
  return found !== undefined;
}

type DefinitionRow = Definition;

// Foreign keys come last, because they need the key that they reference. Check and not-null constraints stay: COPY
// verifies them.
const DEFINITIONS = `
  with affected as (select unnest($1::text[])::regclass as oid),
  definitions as (
    select
      case contype when 'p' then 'primary key' when 'f' then 'foreign key' else 'constraint' end as kind,
      conname::text as name,
      format('alter table %s drop constraint %I', conrelid::regclass, conname) as "drop",
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as "create"
    from pg_constraint
    where contype in ('p', 'u', 'x', 'f') and conparentid = 0
      and (conrelid in (select oid from affected) or contype = 'f' and confrelid in (select oid from affected))
    union all
    -- That of a partitioned table is said to be ON ONLY it, by which its partitions would get none.
    select 'index', i.indexrelid::regclass::text, format('drop index %s', i.indexrelid::regclass),
      regexp_replace(pg_get_indexdef(i.indexrelid), '^(CREATE (UNIQUE )?INDEX \\S+ ON )ONLY ', '\\1')
    from pg_index i
    where i.indrelid in (select oid from affected)
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
  )
  select * from definitions
  order by array_position(array['primary key', 'constraint', 'index', 'foreign key'], kind), name`;

const TRIGGERS = `
  select
    format('alter table %s disable trigger %I', tgrelid::regclass, tgname) as disable,
    format('alter table %s enable trigger %I', tgrelid::regclass, tgname) as enable
  from pg_trigger
  where tgrelid = any ($1::text[]::regclass[]) and not tgisinternal and tgenabled = 'O'
  order by tgrelid, tgname`;
