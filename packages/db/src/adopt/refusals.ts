import type { Queryable } from '../connection/pool.ts';
import { many, maybeOne } from '../connection/sql.ts';
import { MIGRATIONS_TABLE } from '../schema/migration-hashes.ts';
import { KEPT_SCHEMA } from './kept-schema.ts';
import { type Column, isTime, listColumns, OLD_COLUMNS } from './old-columns.ts';

/** The database cannot be adopted as it is. The message says each reason and what to do. Nothing was changed. */
export class AdoptionRefusedError extends Error {
  override readonly name = 'AdoptionRefusedError';

  constructor(reasons: string[], options?: ErrorOptions) {
    super(`Nothing was adopted.\n${reasons.map((reason) => `- ${reason}`).join('\n')}`, options);
  }
}

/**
 * Refuses what would be lost, guessed or left wrong, with all reasons at once.
 * @throws AdoptionRefusedError
 */
export async function refuseUnsuitable(db: Queryable, timeZone: string | undefined): Promise<void> {
  if (await exists(db, MIGRATIONS_TABLE)) {
    throw new AdoptionRefusedError(['The database has the schema of this service already: there is nothing to adopt.']);
  }
  const reasons = [];
  if (await maybeOne(db, 'select from pg_namespace where nspname = $1', [KEPT_SCHEMA])) {
    reasons.push(`The schema ${KEPT_SCHEMA} exists already, where the old tables would be kept: rename or drop it.`);
  }
  for (const table of ['contacts', 'messages'] as const) {
    if (await exists(db, table)) reasons.push(...(await listTableProblems(db, table, timeZone)));
    else reasons.push(`There is no table ${table} in the schemas of the search_path.`);
  }
  if (timeZone !== undefined && !(await maybeOne(db, ZONE, [timeZone]))) {
    reasons.push(`PostgreSQL knows no time zone ${timeZone}: give one of pg_timezone_names, such as Europe/Berlin.`);
  }
  if (reasons.length > 0) throw new AdoptionRefusedError(reasons);
}

const exists = (db: Queryable, table: string) =>
  maybeOne(db, 'select where to_regclass($1::text) is not null', [table]);

const ZONE = 'select from pg_timezone_names where name = $1';

async function listTableProblems(
  db: Queryable,
  table: 'contacts' | 'messages',
  timeZone: string | undefined,
): Promise<string[]> {
  const columns = await listColumns(db, table);
  const own = Object.entries(OLD_COLUMNS[table]).flatMap(([name, kind]) => {
    const column = columns.get(name);
    if (column === undefined) return kind.isRequired ? [`${table} has no column ${name}.`] : [];
    return kind.describeProblem(column) ?? zoneProblem(table, column, timeZone) ?? [];
  });
  const found = await many<{ problem: string }>(db, TABLE_PROBLEMS, [table]);
  return [...own, ...found.map(({ problem }) => problem)];
}

function zoneProblem(table: string, { name, type }: Column, timeZone: string | undefined): string | undefined {
  if (!isTime(type) || type.endsWith('with time zone') || timeZone !== undefined) return undefined;
  return `${table}.${name} has no time zone: say with --time-zone in which its times are, such as --time-zone UTC.`;
}

/** `$1` is the table. A foreign key would go on to refer to the old table, which nobody writes any more. */
const TABLE_PROBLEMS = `
  select format('%s is in the schema %s: only tables of the schema public can be taken over in place.', $1::text, relnamespace::regnamespace) as problem
  from pg_class where oid = to_regclass($1::text) and relnamespace <> 'public'::regnamespace
  union all
  select format('Other tables inherit from %s, and their rows would be left out: make it one table.', $1::text)
  where exists (select from pg_inherits where inhparent = to_regclass($1::text))
  union all
  select format('%s is no table that could be moved, but a %s.', $1::text, case relkind
    when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'p' then 'partitioned table' else relkind::text end)
  from pg_class where oid = to_regclass($1::text) and relkind <> 'r'
  union all
  select format('%s has row level security, which the service does not keep: decide who may read it, and disable it.', $1::text)
  from pg_class where oid = to_regclass($1::text) and relrowsecurity
  union all
  select format('%s.id is no key: some rows could have the same id, or none. Add one: alter table %1$s add primary key (id);', $1::text)
  where exists (select from pg_attribute where attrelid = to_regclass($1::text) and attname = 'id')
    and not exists (
      select from pg_index
      join pg_attribute on attrelid = indrelid and attnum = indkey[0] and attnotnull
      where indrelid = to_regclass($1::text) and indisunique and indisvalid and indnkeyatts = 1 and indpred is null and attname = 'id'
    )
  union all
  select format(
    'The foreign key %I of %s refers to %s. Drop it, and add it again afterwards: alter table %2$s drop constraint %1$I;',
    conname, conrelid::regclass, $1::text
  )
  from pg_constraint
  where contype = 'f' and conparentid = 0 and confrelid = to_regclass($1::text)
    and conrelid not in (select to_regclass(own) from unnest(array['contacts', 'messages']) as own)`;
