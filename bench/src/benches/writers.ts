import { createPool, sendMessage } from '@messaging/db';
import { createLogger, type Running } from '@messaging/shared';
import type pg from 'pg';

const CONTENT = 'See you at the station tomorrow, around eight?';

/** Connections that each send messages, with the API's settings. */
export interface Writers extends Running {
  /** Stores a message on the connection with that number, as `send-message` does. */
  send: (worker: number) => Promise<unknown>;
  /** The server processes of these connections. */
  listPids: () => Promise<number[]>;
}

/**
 * Opens one connection per writer. Each message goes to another of the contacts 1 to `contacts`, in the table
 * `messages` of the first schema that has one.
 */
export async function openWriters(
  connectionString: string,
  count: number,
  contacts: number,
  schemas = 'public',
): Promise<Writers> {
  const logger = createLogger({ level: 'silent', pretty: false }, 'bench');
  const pool = createPool({ connectionString, poolSize: count, statementTimeoutMs: 30_000 }, logger, 'bench');
  const clients = await Promise.all(Array.from({ length: count }, () => pool.connect()));
  for (const client of clients) await client.query(`set search_path = ${schemas}`);
  let number = 0;
  return {
    send(worker) {
      number = (number + 7_919) % contacts; // a prime: contacts in scattered order, each once before one repeats
      const message = { contactId: number + 1, content: CONTENT, direction: 'outbound' as const };
      return sendMessage(clients[worker] as pg.PoolClient, message);
    },
    listPids: () => Promise.all(clients.map(readPid)),
    async close() {
      for (const client of clients) client.release();
      await pool.end();
    },
  };
}

async function readPid(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}
