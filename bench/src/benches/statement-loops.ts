import { createPool, listConversations } from '@messaging/db';
import { createLogger, type Running } from '@messaging/shared';

/** The least a page can cost in PostgreSQL: its rows in index order, as JSON, without what is pending and without totals. */
const PAGE = `
  select json_agg(rows)::text as page from (
    select contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as "lastMessageId", preview,
      last_message_at as "lastMessageAt"
    from recent_conversations order by last_message_at desc, contact_id desc limit 50
  ) rows`;

export interface StatementLoops extends Running {
  /** The first page of the list as our API asks for it. */
  runOurs: () => Promise<unknown>;
  /** The first rows of the view, prepared. */
  runBare: () => Promise<unknown>;
}

/** What a page costs without HTTP, on as many connections as there are workers. */
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
