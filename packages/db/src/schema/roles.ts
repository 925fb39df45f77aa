import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const ROLES_FILE = fileURLToPath(new URL('../../roles.sql', import.meta.url));

/**
 * Creates the roles `messaging_migrator`, `messaging_app` and `messaging_reader`, or corrects their rights, in one
 * transaction. `connectionString` is of a role that can create roles and owns the database. Sets no password.
 * @throws PostgreSQL's errors
 */
export async function createRoles(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'messaging-roles' });
  await client.connect();
  try {
    await client.query(await readFile(ROLES_FILE, 'utf8')); // several statements in one query form one transaction
  } finally {
    await client.end();
  }
}
