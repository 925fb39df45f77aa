import pg from 'pg';
import { containErrors } from './contain-errors.ts';

/** Settings of a session by their names in PostgreSQL; numbers are milliseconds where the setting is a time. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/** How long a new connection may take to get its settings; behind a pooler it waits here for a free server connection. */
const SETTINGS_TIMEOUT_MS = 5_000;

const APPLY = `
  select pg_backend_pid() as "backendPid", count(set_config(name, value, false))
  from unnest($1::text[], $2::text[]) as setting (name, value)`;

const backendPids = new WeakMap<pg.ClientBase, number>();

/**
 * Connects with `settings`. They are a statement of their own and no startup parameters, because poolers such as
 * PgBouncer refuse those. The connection may break at any time: then the statement that runs rejects.
 * @throws what keeps it from connecting or from having the settings; the connection is closed then
 */
export async function connectClient(options: pg.ClientConfig, settings: SessionSettings): Promise<pg.Client> {
  const client = new pg.Client(options);
  client.on('error', () => {}); // the statement that runs rejects with the same error
  await client.connect();
  try {
    await applySettings(client, settings);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** A pool whose connections all have `settings` before anyone gets them. One that cannot have them is closed. */
export function createPoolWithSettings(options: pg.PoolConfig, settings: SessionSettings): pg.Pool {
  const pool = new pg.Pool({ ...options, onConnect: (client) => applySettings(client, settings) });
  pool.on('connect', (client) => {
    // A connection that breaks while checked out fails its query; this only keeps its event from being fatal.
    client.on('error', () => {});
    containErrors(client);
  });
  return pool;
}

/** The process of PostgreSQL that serves `client`. A pooler invents the number that the protocol tells a client. */
export function backendPidOf(client: pg.ClientBase): number {
  const backendPid = backendPids.get(client);
  if (backendPid === undefined) throw new Error('connect with connectClient or createPoolWithSettings');
  return backendPid;
}

async function applySettings(client: pg.ClientBase, settings: SessionSettings): Promise<void> {
  const values = [Object.keys(settings), Object.values(settings).map(String)];
  const query = { text: APPLY, values, query_timeout: SETTINGS_TIMEOUT_MS };
  const { rows } = await client.query<{ backendPid: number }>(query);
  if (rows[0]) backendPids.set(client, rows[0].backendPid);
}
