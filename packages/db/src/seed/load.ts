import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createLogger, type Logger } from '@messaging/shared';
import { from as copyFrom } from 'pg-copy-streams';
import { toCopyChunks } from '../copy.ts';
import { migrate } from '../migrate.ts';
import { pgCode } from '../pg-errors.ts';
import { createPool } from '../pool.ts';
import { buildSegments } from '../segments.ts';
import { maybeOne } from '../sql.ts';
import { CONTACT_COLUMNS, contactLine, MESSAGE_COLUMNS, messageLine } from './copy-format.ts';
import { type Definition, isPartitioned, listDefinitions, listTriggers } from './definitions.ts';
import { DatabaseNotEmptyError, InvalidSeedOptionsError, SeedInProgressError, SeedInterruptedError } from './errors.ts';
import { type DataSetSize, generateContacts, generateMessages } from './generate.ts';
import type { SeedProgress } from './progress.ts';
import { beginRun, describeInterruptedRun, finishRun, refuseNonEmpty } from './runs.ts';
import { type PhaseDuration, type SeedSession, withSeedSession } from './session.ts';

/** The data set, and whether it may replace what the database holds. */
export interface SeedOptions extends DataSetSize {
  reset: boolean;
}

/** What was loaded, and how long each step took. */
export interface SeedSummary extends DataSetSize {
  durationMs: number;
  phases: PhaseDuration[];
}

const TABLES = ['contacts', 'messages'] as const;
const SEGMENTS = ['message_segments', 'unsegmented_contacts'] as const;
/** The build folds every text: two backends are as many as a small machine has cores. */
const BUILD_CONNECTIONS = 2;
const VIEW = 'recent_conversations';

/**
 * Migrates the database and loads the data set in one transaction: when it resolves everything is there, with view and
 * statistics; when it throws, or the process is killed, the database holds what it held before. Readers of the tables
 * wait meanwhile.
 * @throws InvalidSeedOptionsError, DatabaseNotEmptyError (without `reset`), SeedInProgressError,
 * SeedInterruptedError (`signal` was aborted), UnsuitableDatabaseError, or what PostgreSQL says
 */
export async function seedDatabase(
  connectionString: string,
  options: SeedOptions,
  progress: SeedProgress,
  logger: Logger = createLogger({ level: 'silent', pretty: false }, 'seed'),
  signal: AbortSignal = new AbortController().signal,
): Promise<SeedSummary> {
  const { contacts, messages, seed } = options;
  if (contacts === 0 && messages > 0) {
    throw new InvalidSeedOptionsError(
      'Messages need a contact to belong to: give --contacts at least 1, or --messages 0.',
    );
  }
  const beganAtMs = performance.now();
  let isLoaded = false;
  try {
    const applied = await migrate(connectionString, logger);
    if (applied.length > 0) progress.notice(`Migrated the database: ${applied.join(', ')}.`);
    return await withSeedSession(connectionString, progress, signal, async (session) => {
      await load(session, options);
      isLoaded = true;
      await session.phase('search segments', () => buildAllSegments(connectionString, logger, signal));
      await session.phase('vacuum and analyze', () =>
        session.run(`vacuum (analyze) contacts, messages, ${VIEW}, conversation_changes, message_segments`),
      );
      return {
        contacts,
        messages,
        seed,
        durationMs: Math.round(performance.now() - beganAtMs),
        phases: session.phases,
      };
    });
  } catch (error) {
    const isRefusal = error instanceof DatabaseNotEmptyError || error instanceof SeedInProgressError;
    if (signal.aborted && !isRefusal) throw new SeedInterruptedError(isLoaded, { cause: error });
    throw error;
  }
}

async function load(session: SeedSession, options: SeedOptions): Promise<void> {
  const { client, progress, run } = session;
  const interrupted = await describeInterruptedRun(client);
  if (interrupted) progress.notice(interrupted);
  if (!options.reset) await refuseNonEmpty(client);
  const runId = await beginRun(client, options);

  await beginWithLocks(session);
  if (!options.reset) await refuseNonEmpty(client); // again, now that nobody can write
  const triggers = await listTriggers(client, TABLES);
  const definitions = await listDefinitions(client, TABLES);
  // The trigger on truncate would record every conversation as changed.
  for (const { disable } of triggers) await run(disable);
  for (const { drop } of definitions.toReversed()) await run(drop);
  await run(`truncate ${[...TABLES, ...SEGMENTS].join(', ')}`);

  await copyRows(session, options);
  await createDefinitions(session, definitions);
  // Unlike setval() this is undone by a rollback.
  await run(`alter table contacts alter column id restart with ${options.contacts + 1}`);
  await run(`alter table messages alter column id restart with ${options.messages + 1}`);
  for (const { enable } of triggers) await run(enable);
  await run('call discard_message_segments()');
  await session.phase('view', () => rebuildView(session));
  await finishRun(client, runId);
  await session.phase('commit', () => run('commit'));
}

/**
 * Takes every lock at once, while there is nothing to lose: a refresh or a search that holds one of them and waits for
 * another would otherwise be a deadlock after minutes of work.
 */
async function beginWithLocks({ client, run }: SeedSession): Promise<void> {
  const view = await maybeOne(client, 'select 1 from pg_matviews where matviewname = $1', [VIEW]);
  for (let attemptsLeft = 10; ; attemptsLeft--) {
    await run('begin isolation level read committed');
    try {
      // A materialized view cannot be locked by name; emptying it takes the lock that refreshes respect.
      if (view) await run(`refresh materialized view ${VIEW} with no data`);
      await run(`lock table ${[...TABLES, ...SEGMENTS].join(', ')}, conversation_changes in access exclusive mode`);
      return;
    } catch (error) {
      await client.query('rollback');
      if (attemptsLeft === 0 || !isDeadlock(error)) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  return [error, error instanceof Error && error.cause].some((failure) => pgCode(failure) === '40P01');
}

async function copyRows(session: SeedSession, size: DataSetSize): Promise<void> {
  const { phase, progress } = session;
  // Rows of a table that this transaction has truncated can be frozen: no later vacuum has to visit them. Not partitions.
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
}

async function createDefinitions({ phase, run }: SeedSession, definitions: Definition[]): Promise<void> {
  for (const { kind, name, create } of definitions) await phase(`${kind} ${name}`, () => run(create));
}

/** Leaves the view as a finished refresh does: nothing pending, and its time known. */
async function rebuildView({ run }: SeedSession): Promise<void> {
  await run('delete from conversation_changes');
  await run(`insert into view_refreshes (view_name) values ('${VIEW}')`);
  await run('call build_recent_conversations()');
  await run(`refresh materialized view ${VIEW}`);
  await run('call count_lists()');
  await run(
    `update view_refreshes set finished_at = clock_timestamp()
     where id = (select max(id) from view_refreshes where view_name = '${VIEW}')`,
  );
}

/** After the commit, in ranges: an interrupted build is gone on with by the worker, and searches are right meanwhile. */
async function buildAllSegments(connectionString: string, logger: Logger, signal: AbortSignal): Promise<void> {
  const database = { connectionString, poolSize: BUILD_CONNECTIONS, statementTimeoutMs: 0 };
  const pool = createPool(database, logger, 'messaging-seed');
  try {
    await buildSegments(pool, { connections: BUILD_CONNECTIONS, signal });
    signal.throwIfAborted();
  } finally {
    await pool.end();
  }
}
