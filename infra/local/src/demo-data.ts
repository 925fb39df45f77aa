import { seedDatabase } from '@messaging/db/seed';
import pg from 'pg';

const DEMO = { contacts: 2_000, messages: 100_000, seed: 1, reset: false };

/** Fills a database that has neither contacts nor messages, so that there is something to look at. */
export async function loadDemoData(
  connectionString: string,
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): Promise<void> {
  if (!(await isEmpty(connectionString))) return;
  const size = `${DEMO.contacts.toLocaleString('en')} contacts and ${DEMO.messages.toLocaleString('en')} messages`;
  say(`Loading demo data into the empty database: ${size} ...`);
  const progress = { notice: say, begin: () => {}, advance: () => {}, end: () => {} };
  await seedDatabase(connectionString, DEMO, progress, undefined, signal);
}

async function isEmpty(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query('(select from contacts limit 1) union all (select from messages limit 1)');
    return rowCount === 0;
  } finally {
    await client.end();
  }
}
