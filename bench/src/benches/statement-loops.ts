import { createPool, listConversations } from '@messaging/db';
import { createLogger, type Running } from '@messaging/shared';

/** The minimum cost of a page in PostgreSQL: its rows in index order, as JSON, without pending changes and totals. */
const PAGE = `
  select json_agg(rows)::text as page from (
    select contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as "lastMessageId", preview,
      last_message_at as "lastMessageAt"
    from recent_conversations order by last_message_at desc, contact_id desc limit 50
  ) rows`;

export interface StatementLoops extends Running {
  /** The first page of the list with the API's statement. */
  runOurs: () => Promise<unknown>;
  /** The first rows of the view, prepared. */
  runBare: () => Promise<unknown>;
}

/** The cost of a page without HTTP, on one connection per worker. */
export async function openStatementLoops(connectionString: string, poolSize: number): Promise<StatementLoops> {
  const logger = createLogger({ level: 'silent', pretty: false }, 'bench');
  const pool = createPool(
    { connectionString, poolSize, statementTimeoutMs: 30_000 },
    logger,
    'bench',
    'indexScansOnly',
  );
  return {
    runOurs: () => listConversations(pool, { pageSize: 50 }),
    runBare: () => pool.query({ name: 'bare-page', text: PAGE }),
    close: () => pool.end(),
  };
}
