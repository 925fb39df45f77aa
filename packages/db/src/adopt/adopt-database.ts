import { type Logger, reasonOf } from '@messaging/shared';
import { fillTables } from '../bulk-load/fill-tables.ts';
import { finishLoad } from '../bulk-load/finish-load.ts';
import { type LoadSession, withLoadSession } from '../bulk-load/load-session.ts';
import type { LoadProgress } from '../bulk-load/progress.ts';
import { hasPgCode } from '../connection/pg-errors.ts';
import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import { migrateInTransaction } from '../schema/migrate.ts';
import { KEPT_TABLES, TABLES_IN_PLACE, type Tables } from './kept-schema.ts';
import { listLeftBehind } from './left-behind.ts';
import { beginAndMoveAside } from './move-aside.ts';
import { recreateViews } from './recreate-views.ts';
import { AdoptionRefusedError, refuseUnsuitable } from './refusals.ts';
import { takeContacts } from './take-contacts.ts';
import { rejectMessages, takeMessages } from './take-messages.ts';

export interface AdoptOptions {
  /** The zone of times without one, as PostgreSQL names it. */
  timeZone?: string;
  /** Only says what would happen. */
  isDry: boolean;
}

/** Rows that were taken, or would be, and those that were not. */
export interface Adopted {
  taken: number;
  rejected: number;
  /** What is wrong with rejected rows, the most frequent first, with one id of each. */
  problems: { problem: string; rows: number; id: string }[];
}

export interface Adoption {
  contacts: Adopted;
  messages: Adopted;
  /** Messages that got the time of the one before, because they had none. */
  untimedMessages: number;
  /** What stays behind, or was made again: one line each. */
  notes: string[];
}

/**
 * Makes a database of the usual simple schema one of this service, in one transaction: moves the old tables to a schema
 * of their own, applies the migrations, and copies the rows with their ids. Others wait meanwhile, and go on with the
 * new tables. The search index is built after the commit; the worker continues it if it is interrupted.
 * @throws AdoptionRefusedError, AdoptionInterruptedError (`signal` was aborted), UnsuitableDatabaseError, PostgreSQL's
 * errors; before the commit nothing is changed
 */
export async function adoptDatabase(
  connectionString: string,
  options: AdoptOptions,
  { progress, logger, signal }: { progress: LoadProgress; logger: Logger; signal: AbortSignal },
): Promise<Adoption> {
  let isAdopted = false;
  return withLoadSession(connectionString, 'messaging-adopt', { progress, signal }, async (session) => {
    await refuseUnsuitable(session.client, options.timeZone);
    if (options.isDry) return tryOut(session, options);
    const adoption = await adopt(session, options, logger);
    isAdopted = true;
    await finishLoad(session, connectionString, logger).catch((error: unknown) => {
      if (signal.aborted) throw error;
      adoption.notes.push(`The search index is not finished (${reasonOf(error)}): the worker goes on with it.`);
    });
    return adoption;
  }).catch((error: unknown) => {
    throw signal.aborted ? new AdoptionInterruptedError(isAdopted, { cause: error }) : error;
  });
}

/** The adoption was cancelled. */
export class AdoptionInterruptedError extends Error {
  override readonly name = 'AdoptionInterruptedError';

  constructor(isAdopted: boolean, options?: ErrorOptions) {
    super(
      isAdopted
        ? 'Interrupted after everything was taken over: the worker will build the search segments that are missing, autovacuum the statistics.'
        : 'Interrupted: nothing was adopted.',
      options,
    );
  }
}

async function adopt(session: LoadSession, options: AdoptOptions, logger: Logger): Promise<Adoption> {
  const { client, phase, run } = session;
  const views = await beginAndMoveAside(session);
  await phase('schema', () => createSchema(session, logger));
  let untimedMessages = 0;
  await fillTables(session, async () => {
    await phase('contacts', () => takeContacts(session, KEPT_TABLES, options));
    await phase('messages', async () => {
      await rejectMessages(client, KEPT_TABLES, options.timeZone);
      untimedMessages = await takeMessages(client, KEPT_TABLES, options.timeZone);
    });
    for (const table of ['contacts', 'messages'] as const) await continueIds(client, table);
  });
  const notes = [...(await recreateViews(client, views)), ...(await listLeftBehind(client, KEPT_TABLES))];
  const adoption = { ...(await count(client, KEPT_TABLES)), untimedMessages, notes };
  await phase('commit', () => run('commit'));
  return adoption;
}

/** Names that the service needs, and the old database uses for something else, end the adoption. */
async function createSchema({ client }: LoadSession, logger: Logger): Promise<void> {
  try {
    await migrateInTransaction(client, logger);
  } catch (error) {
    if (!hasPgCode(error, DUPLICATES)) throw error;
    const reason = `The service needs a name that the database uses already: ${(error as Error).message}. Rename that.`;
    throw new AdoptionRefusedError([reason], { cause: error });
  }
}

/** SQLSTATEs of a table, function, object, schema, column or type that exists already. */
const DUPLICATES = ['42P07', '42723', '42710', '42P06', '42701'];

/** New ids follow all old ones, also of rows that were rejected, and those that the old sequence has given. */
async function continueIds(db: Queryable, table: 'contacts' | 'messages'): Promise<void> {
  const old = KEPT_TABLES[table];
  const { next } = await one<{ next: string }>(
    db,
    `select greatest(
       (select max(id) from ${old} where id between 1 and ${Number.MAX_SAFE_INTEGER - 1}),
       pg_sequence_last_value(pg_get_serial_sequence('${old}', 'id')::regclass), 0
     ) + 1 as next`,
  );
  await many(db, `alter table ${table} alter column id restart with ${next}`);
}

/** What `adopt` would do, from one snapshot. Nobody waits for it. */
async function tryOut(session: LoadSession, options: AdoptOptions): Promise<Adoption> {
  const { client, phase, run } = session;
  await run('begin isolation level repeatable read');
  await phase('contacts', () => takeContacts(session, TABLES_IN_PLACE, options));
  await phase('messages', () => rejectMessages(client, TABLES_IN_PLACE, options.timeZone));
  const notes = await listLeftBehind(client, TABLES_IN_PLACE);
  const adoption = { ...(await count(client, TABLES_IN_PLACE)), untimedMessages: 0, notes };
  await run('rollback');
  return adoption;
}

async function count(db: Queryable, tables: Tables): Promise<Pick<Adoption, 'contacts' | 'messages'>> {
  return {
    contacts: await countRows(db, tables.contacts, tables.rejectedContacts),
    messages: await countRows(db, tables.messages, tables.rejectedMessages),
  };
}

async function countRows(db: Queryable, old: string, rejectedTable: string): Promise<Adopted> {
  const { all } = await one<{ all: number }>(db, `select count(*)::float8 as all from ${old}`);
  const { rejected } = await one<{ rejected: number }>(db, `select count(*)::float8 as rejected from ${rejectedTable}`);
  const problems = await many<{ problem: string; rows: number; id: string }>(
    db,
    `select regexp_replace(problem, 'contact \\d+', 'contact …') as problem, count(*)::float8 as rows, min(id)::text as id
     from ${rejectedTable} group by 1 order by rows desc, problem limit 20`,
  );
  return { taken: all - rejected, rejected, problems };
}
