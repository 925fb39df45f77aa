import express, { type Express } from 'express';
import pg from 'pg';

export interface UsualSettings {
  connectionString: string;
}

interface Row {
  contactId: string;
  name: string;
  phoneNumber: string;
  lastMessage: string;
  lastMessageAt: Date;
}

const COLUMNS = `contact_id as "contactId", name, phone_number as "phoneNumber", last_message as "lastMessage",
  last_message_at as "lastMessageAt"`;
const LIST = `
  select ${COLUMNS} from usual.recent_conversations order by last_message_at desc, contact_id desc limit $1 offset $2`;
const COUNT = 'select count(*)::int as total from usual.recent_conversations';
const MATCHES = 'name ilike $1 or phone_number ilike $1 or last_message ilike $1';
const SEARCH = `
  select ${COLUMNS} from usual.recent_conversations where ${MATCHES}
  order by last_message_at desc, contact_id desc limit $2 offset $3`;
const SEARCH_COUNT = `select count(*)::int as total from usual.recent_conversations where ${MATCHES}`;

/**
 * The design that most developers would choose, implemented well: the same pool size, concurrent queries for page and
 * count, prepared statements, an index for the order, trigram indexes for the search, no ETag to compute. It searches
 * only the last message of a contact, and shows the state of the last refresh.
 */
export function createUsualApp({ connectionString }: UsualSettings): Express {
  const pool = new pg.Pool({ connectionString, max: 10, options: '-c jit=off' });
  pool.on('error', () => {}); // the server is stopped before us
  const app = express();
  app.disable('etag');
  app.get('/api/conversations', async (req, res) => {
    const { searchValue = '', page = '1', pageSize = '50' } = req.query as Record<string, string>;
    const limit = Number(pageSize);
    const offset = (Number(page) - 1) * limit;
    const search = `%${searchValue.replace(/[\\%_]/g, '\\$&')}%`;
    const [list, count] = await Promise.all(
      searchValue === ''
        ? [
            pool.query<Row>({ name: 'list', text: LIST, values: [limit, offset] }),
            pool.query<{ total: number }>({ name: 'count', text: COUNT }),
          ]
        : [
            pool.query<Row>({ text: SEARCH, values: [search, limit, offset] }),
            pool.query<{ total: number }>({ text: SEARCH_COUNT, values: [search] }),
          ],
    );
    const total = count.rows[0]?.total ?? 0;
    res.json({
      conversations: list.rows.map((row) => ({ ...row, contactId: Number(row.contactId) })),
      pagination: { page: Number(page), pageSize: limit, total, totalPages: Math.ceil(total / limit) },
    });
  });
  return app;
}
