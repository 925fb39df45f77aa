import { setTimeout as wait } from 'node:timers/promises';
import type { LoadSession } from '../bulk-load/load-session.ts';
import { hasPgCode } from '../connection/pg-errors.ts';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { KEPT_SCHEMA } from './kept-schema.ts';
import { AdoptionRefusedError } from './refusals.ts';

/** Gives way to who waits for us and holds what we wait for, before PostgreSQL takes it for a deadlock (1 s) and ends one of us. */
const LOCK_TIMEOUT = '500ms';
const GIVE_UP_AFTER_MS = 600_000;
const ASK_AGAIN_MS = 500;
/** Lock timeout, deadlock. */
const IS_LOCKED = ['55P03', '40P01'];

/** A view of the old tables, as it can be made again over the new ones. */
export interface OldView {
  name: string;
  create: string;
  /** Statements that give it the owner and the rights that it had. */
  rights: string[];
  isMaterialized: boolean;
}

/**
 * Begins the transaction of the adoption: moves the old tables, their sequences and every view of them to a schema of
 * their own, and returns the views in the order in which they can be made again. From then on everybody else waits. A
 * transaction that uses the tables is waited for, up to ten minutes, without keeping others waiting for longer than half
 * a second at a time.
 * @throws AdoptionRefusedError when they stay in use
 */
export async function beginAndMoveAside(session: LoadSession): Promise<OldView[]> {
  const { client, progress, run, signal } = session;
  const giveUpAtMs = Date.now() + GIVE_UP_AFTER_MS;
  for (let attempt = 0; ; attempt += 1) {
    await run('begin isolation level read committed');
    try {
      return await moveAside(client);
    } catch (error) {
      await client.query('rollback');
      if (!hasPgCode(error, IS_LOCKED)) throw error;
      if (Date.now() > giveUpAtMs) throw new AdoptionRefusedError([IN_USE], { cause: error });
      if (attempt === 2) progress.notice('Waiting for transactions that use the tables.');
      await wait(ASK_AGAIN_MS, undefined, { signal });
    }
  }
}

const IN_USE =
  'Transactions use the old tables all the time: stop what keeps one open (pg_stat_activity), and try again.';

async function moveAside(db: Queryable): Promise<OldView[]> {
  await many(db, `set local lock_timeout = '${LOCK_TIMEOUT}'`);
  // In the order of an insert, which has locked `messages` when its foreign key looks for the contact.
  await many(db, 'lock table messages, contacts in access exclusive mode');
  const views = await many<OldView & { [column: string]: unknown }>(db, VIEWS);
  const sequences = await many<{ name: string }>(db, SEQUENCES);
  await many(db, `create schema ${KEPT_SCHEMA}`);
  for (const { name, isMaterialized } of views) {
    await many(db, `alter ${isMaterialized ? 'materialized view' : 'view'} ${name} set schema ${KEPT_SCHEMA}`);
  }
  for (const table of ['contacts', 'messages']) await many(db, `alter table ${table} set schema ${KEPT_SCHEMA}`);
  for (const { name } of sequences) await many(db, `alter sequence ${name} set schema ${KEPT_SCHEMA}`);
  await many(db, 'set local lock_timeout = 0');
  return views;
}

/** Views of the tables, and views of those, in the order of their dependence. */
const VIEWS = `
  with recursive dependent as (
    select oid, 0 as depth from unnest(array['contacts', 'messages']::regclass[]) as oid
    union
    select ev_class::regclass, depth + 1
    from dependent
    join pg_depend on refclassid = 'pg_class'::regclass and refobjid = dependent.oid and classid = 'pg_rewrite'::regclass and deptype = 'n'
    join pg_rewrite on pg_rewrite.oid = objid and ev_class <> dependent.oid
  )
  select view.oid::regclass::text as name, relkind = 'm' as "isMaterialized",
    format(
      'create view %s%s as %s', view.oid::regclass, coalesce(' with (' || array_to_string(reloptions, ', ') || ')', ''), pg_get_viewdef(view.oid)
    ) as create,
    array[format('alter view %s owner to %I', view.oid::regclass, pg_get_userbyid(relowner))] || array(
      select format(
        'grant %s on %s to %s', privilege_type, view.oid::regclass,
        case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
      )
      from aclexplode(relacl)
    ) as rights
  from (select oid, max(depth) as depth from dependent where depth > 0 group by oid) view
  join pg_class on pg_class.oid = view.oid and relkind in ('v', 'm')
  order by depth, view.oid`;

/** Sequences that only a default refers to. Those that a column owns move along with its table. */
const SEQUENCES = `
  select distinct sequence.oid::regclass::text as name
  from pg_attrdef
  join pg_depend on pg_depend.classid = 'pg_attrdef'::regclass and objid = pg_attrdef.oid and refclassid = 'pg_class'::regclass
  join pg_class sequence on sequence.oid = refobjid and relkind = 'S'
  where adrelid in ('contacts'::regclass, 'messages'::regclass)
    and not exists (select from pg_depend owned where owned.objid = sequence.oid and owned.deptype in ('a', 'i'))`;
