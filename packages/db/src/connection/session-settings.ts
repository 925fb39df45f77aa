import pg from 'pg';
import { containErrors } from './contain-errors.ts';

/** Settings of a session by their PostgreSQL names. A number is in milliseconds if the setting is a time. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/**
 * How long a new connection may take to get its settings. Behind a pooler this includes the wait for a server
 * connection.
 */
const SETTINGS_TIMEOUT_MS = 5_000;

const APPLY = `
  select pg_backend_pid() as "backendPid", count(set_config(name, value, false))
  from unnest($1::text[], $2::text[]) as setting (name, value)`;

const backendPids = new WeakMap<pg.ClientBase, number>();

/**
 * Connects and applies `settings`. They are sent as a statement, not as startup parameters, because poolers such as
 * PgBouncer refuse those. The connection may break at any time; the running statement then rejects.
 * @throws the error that prevents the connection or its settings; the connection is closed then
 */
export async function connectClient(options: pg.ClientConfig, settings: SessionSettings): Promise<pg.Client> {
  const client = new pg.Client(options);
  client.on('error', () => {}); // the running statement rejects with the same error
  await client.connect();
  try {
    await applySettings(client, settings);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/**
 * A pool that applies `settings` to a connection before its first use. A connection that fails to get them is closed.
 */
export function createPoolWithSettings(options: pg.PoolConfig, settings: SessionSettings): pg.Pool {
  const pool = new pg.Pool({ ...options, onConnect: (client) => applySettings(client, settings) });
  pool.on('connect', (client) => {
    // A connection that breaks while checked out fails its query. This listener only keeps the event from being fatal.
    client.on('error', () => {});
    containErrors(client);
  });
  return pool;
}

/**
 * The id of the backend process that serves `client`. The id that the protocol reports is made up by a pooler, if there
 * is one.
 */
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
