import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { type Definition, listDefinitions, listTriggers } from './definitions.ts';
import type { LoadSession } from './load-session.ts';

const TABLES = ['contacts', 'messages'] as const;

/**
 * Runs `copyRows`, which fills `contacts` and `messages`, without their indexes, keys and triggers. Then it creates
 * those again, and everything that is derived but the segments: `build_segments()` makes these later. Requires a
 * transaction that holds the tables and nothing derived in them, and that commits it all.
 * @param emptyTables removes what was there; no trigger sees it
 */
export async function fillTables(
  session: LoadSession,
  copyRows: () => Promise<void>,
  emptyTables: () => Promise<void> = async () => {},
): Promise<void> {
  const { client, run } = session;
  const triggers = await listTriggers(client, TABLES);
  const definitions = await listDefinitions(client, TABLES);
  // The truncate trigger would record every conversation as changed.
  for (const { disable } of triggers) await run(disable);
  for (const { drop } of definitions.toReversed()) await run(drop);
  await emptyTables();
  await copyRows();
  await createDefinitions(session, definitions);
  for (const { enable } of triggers) await run(enable);
  await run('call discard_segments()');
  await session.phase('view', () => rebuildView(session));
}

async function createDefinitions({ phase, run }: LoadSession, definitions: Definition[]): Promise<void> {
  for (const { kind, name, create } of definitions) await phase(`${kind} ${name}`, () => run(create));
}

/** Leaves the view in the state after a finished refresh: no pending changes, and a known refresh time. */
async function rebuildView({ run }: LoadSession): Promise<void> {
  await run('delete from conversation_changes');
  // Readers of the live feed have seen other data.
  await run('delete from conversation_change_log');
  await run('delete from change_feed');
  await run(`insert into view_refreshes (view_name) values ('${RECENT_CONVERSATIONS}')`);
  await run('call build_recent_conversations()');
  await run(`refresh materialized view ${RECENT_CONVERSATIONS}`);
  await run('call count_lists()');
  await run(
    `update view_refreshes set finished_at = clock_timestamp()
     where id = (select max(id) from view_refreshes where view_name = '${RECENT_CONVERSATIONS}')`,
  );
}
