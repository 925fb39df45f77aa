import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const ROLES_FILE = fileURLToPath(new URL('../../roles.sql', import.meta.url));

/**
 * Makes the roles `messaging_migrator`, `messaging_app` and `messaging_reader`, or mends what they may do, all or nothing;
 * `connectionString` is of a role that may create roles and owns the database. Sets no password. @throws what PostgreSQL says
 */
export async function createRoles(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'messaging-roles' });
  await client.connect();
  try {
    await client.query(await readFile(ROLES_FILE, 'utf8')); // several statements at once are one transaction
  } finally {
    await client.end();
  }
}
