import pg from 'pg';

/** The least a page can cost in PostgreSQL: its rows in index order, as JSON, without what is pending and without totals. */
const PAGE = `
  select json_agg(rows)::text as page from (
    select contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as "lastMessageId", preview,
      last_message_at as "lastMessageAt"
    from recent_conversations order by last_message_at desc, contact_id desc limit 50
  ) rows`;

/** One prepared statement on a connection for each worker. */
export async function openPreparedLoop(
  connectionString: string,
  workers: number,
): Promise<{ run: (worker: number) => Promise<void>; close: () => Promise<void> }> {
  const clients = Array.from({ length: workers }, () => new pg.Client({ connectionString, options: '-c jit=off' }));
  await Promise.all(clients.map((client) => client.connect()));
  return {
    async run(worker) {
      await clients[worker]?.query({ name: 'page', text: PAGE });
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
