import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { isPartitioned } from '../bulk-load/definitions.ts';
import { fillTables } from '../bulk-load/fill-tables.ts';
import type { LoadSession } from '../bulk-load/load-session.ts';
import { REFRESH_LOCK } from '../connection/advisory-locks.ts';
import { toCopyChunks } from '../connection/copy.ts';
import { hasPgCode } from '../connection/pg-errors.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { maybeOne } from '../connection/sql.ts';
import { CONTACT_COLUMNS, contactLine, MESSAGE_COLUMNS, messageLine } from './copy-format.ts';
import { type DataSetSize, generateContacts, generateMessages } from './generate.ts';
import { beginRun, describeInterruptedRun, finishRun, refuseNonEmpty } from './runs.ts';

const DEADLOCK = '40P01';
const EMPTIED = [
  'contacts',
  'messages',
  'message_segments',
  'unsegmented_messages',
  'unsegmented_contacts',
  'segment_slices',
  'segment_blocks',
];
/** The tables of a load, in the order in which writers lock them. */
const LOCKED = [
  'contacts',
  'messages',
  'conversation_changes',
  'unsegmented_contacts',
  'message_segments',
  'unsegmented_messages',
  'thread_lengths',
  'list_sizes',
];

/**
 * Loads contacts and messages in one transaction. With `reset` it replaces the existing data. Segments are built later.
 * @throws DatabaseNotEmptyError without `reset`, and PostgreSQL's errors
 */
export async function load(session: LoadSession, options: DataSetSize & { reset: boolean }): Promise<void> {
  const { client, progress, run } = session;
  const interrupted = await describeInterruptedRun(client);
  if (interrupted) progress.notice(interrupted);
  if (!options.reset) await refuseNonEmpty(client);
  const runId = await beginRun(client, options);

  // Waits for a running refresh. New refreshes are skipped until everything is loaded.
  await run(`select pg_advisory_lock(${REFRESH_LOCK})`);
  await beginWithLocks(session);
  if (!options.reset) await refuseNonEmpty(client); // checked again, because now no one else can write
  await fillTables(
    session,
    () => copyRows(session, options),
    () => run(`truncate ${EMPTIED.join(', ')} restart identity`),
  );
  await finishRun(client, runId);
  await session.phase('commit', () => run('commit'));
  await run(`select pg_advisory_unlock(${REFRESH_LOCK})`);
}

/**
 * Takes every lock at the beginning, when no work can be lost. Otherwise a session that holds one of the locks and
 * waits for another would cause a deadlock after minutes of work. The advisory lock excludes refreshes.
 */
async function beginWithLocks({ client, run }: LoadSession): Promise<void> {
  const view = await maybeOne(client, 'select 1 from pg_matviews where matviewname = $1', [RECENT_CONVERSATIONS]);
  for (let attemptsLeft = 10; ; attemptsLeft--) {
    await run('begin isolation level read committed');
    try {
      // A materialized view cannot be locked by name. Emptying it takes a lock that excludes its readers.
      if (view) await run(`refresh materialized view ${RECENT_CONVERSATIONS} with no data`);
      await run(`lock table ${LOCKED.join(', ')} in access exclusive mode`);
      return;
    } catch (error) {
      await client.query('rollback');
      if (attemptsLeft === 0 || !hasPgCode(error, [DEADLOCK])) throw error;
    }
  }
}

async function copyRows(session: LoadSession, size: DataSetSize): Promise<void> {
  const { phase, progress, run } = session;
  // Rows of a table that this transaction has truncated can be frozen, so later vacuums skip them. This does not work
  // for partitions.
  const option = (await isPartitioned(session.client, 'messages')) ? '' : '(freeze)';
  const copy = async <Row>(target: string, rows: Iterable<Row>, toLine: (row: Row) => string) => {
    const destination = session.client.query(copyFrom(`copy ${target} from stdin ${option}`));
    const source = Readable.from(
      toCopyChunks(rows, toLine, (made) => progress.advance(made)),
      { objectMode: true, highWaterMark: 1 },
    );
    await pipeline(source, destination, { signal: session.signal });
  };
  await phase(
    'contacts',
    () => copy(`contacts (${CONTACT_COLUMNS})`, generateContacts(size), contactLine),
    size.contacts,
  );
  await phase(
    'messages',
    () => copy(`messages (${MESSAGE_COLUMNS})`, generateMessages(size), messageLine),
    size.messages,
  );
  // Unlike setval(), this is undone by a rollback.
  await run(`alter table contacts alter column id restart with ${size.contacts + 1}`);
  await run(`alter table messages alter column id restart with ${size.messages + 1}`);
}
