import { formatCount } from '../bulk-load/progress.ts';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne, one } from '../connection/sql.ts';
import { DatabaseNotEmptyError } from './errors.ts';
import type { DataSetSize } from './generate.ts';

/** A line about the last seed if it did not finish. Only valid while no other seed can run. */
export async function describeInterruptedRun(db: Queryable): Promise<string | undefined> {
  const run = await maybeOne<{ contacts: number; messages: number; startedAt: string; isFinished: boolean }>(
    db,
    `select contacts::float8, messages::float8, finished_at is not null as "isFinished",
      to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as "startedAt"
     from seed_runs order by id desc limit 1`,
  );
  if (!run || run.isFinished) return undefined;
  const size = `${formatCount(run.contacts)} contacts and ${formatCount(run.messages)} messages`;
  return `A seed of ${size} that began at ${run.startedAt} did not finish; nothing of it was kept.`;
}

/**
 * Records that a seed begins. It commits separately, so that an interrupted run stays visible. Returns the run's id.
 */
export async function beginRun(db: Queryable, { seed, contacts, messages }: DataSetSize): Promise<string> {
  const { id } = await one<{ id: string }>(
    db,
    'insert into seed_runs (seed, contacts, messages) values ($1, $2, $3) returning id::text',
    [seed, contacts, messages],
  );
  return id;
}

/** Marks the run as finished. Runs in the transaction that loads the data, so that both commit or neither. */
export async function finishRun(db: Queryable, id: string): Promise<void> {
  await db.query('update seed_runs set finished_at = clock_timestamp() where id = $1', [id]);
}

/** Returns if there is neither a contact nor a message. @throws DatabaseNotEmptyError */
export async function refuseNonEmpty(db: Queryable): Promise<void> {
  const contacts = await describeRows(db, 'contacts');
  const messages = await describeRows(db, 'messages');
  if (contacts || messages)
    throw new DatabaseNotEmptyError(`${contacts || 'no contacts'} and ${messages || 'no messages'}`);
}

/** `12 contacts` if counted, `about 5,000,000 contacts` if estimated by the planner's statistics, empty if none. */
async function describeRows(db: Queryable, table: 'contacts' | 'messages'): Promise<string> {
  const countedRows = 10_000;
  const { counted, estimated } = await one<{ counted: number; estimated: number }>(
    db,
    `select (select count(*)::float8 from (select from ${table} limit $1)) as counted,
      (select reltuples::float8 from pg_class where oid = '${table}'::regclass) as estimated`,
    [countedRows],
  );
  if (counted === 0) return '';
  if (counted < countedRows) return `${formatCount(counted)} ${table}`;
  return estimated > countedRows
    ? `about ${formatCount(estimated)} ${table}`
    : `${formatCount(countedRows)} ${table} or more`;
}
