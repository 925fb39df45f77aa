import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Queryable } from '../connection/pool.ts';
import { many, maybeOne } from '../connection/sql.ts';

/** The table of node-pg-migrate, to which this project adds a column. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** The database cannot hold the schema. The message contains the reason and what to do. */
export class UnsuitableDatabaseError extends Error {
  override readonly name = 'UnsuitableDatabaseError';
}

/**
 * Refuses a database that was migrated by different files: one was edited since, or no longer exists. Its schema would
 * be unknown. Migrations of a newer version, after the known ones, are ignored.
 * @throws UnsuitableDatabaseError
 */
export async function refuseChangedMigrations(db: Queryable, folder: string): Promise<void> {
  const isMigrated = await maybeOne(db, 'select where to_regclass($1) is not null', [MIGRATIONS_TABLE]);
  if (!isMigrated) return;
  await addColumn(db);
  const hashes = hashMigrations(folder);
  const last = [...hashes.keys()].at(-1) ?? '';
  const applied = await many<{ name: string; hash: string | null }>(
    db,
    `select name, hash from ${MIGRATIONS_TABLE} order by name`,
  );
  const wrong = applied.filter(({ name, hash }) => {
    const known = hashes.get(name);
    return known === undefined ? name < last : hash !== null && hash !== known;
  });
  if (wrong.length === 0) return;
  throw new UnsuitableDatabaseError(
    `Nothing was migrated: the database has ${wrong.map(({ name }) => name).join(', ')} in another form than this version. ` +
      'An applied migration must not be edited: put the change into a new file. To begin anew, use an empty database.',
  );
}

/** Records the hashes of the applied migrations. */
export async function recordHashes(db: Queryable, folder: string): Promise<void> {
  await addColumn(db);
  const hashes = hashMigrations(folder);
  await many(
    db,
    `update ${MIGRATIONS_TABLE} known set hash = file.hash
     from unnest($1::text[], $2::text[]) as file (name, hash)
     where known.name = file.name and known.hash is null`,
    [[...hashes.keys()], [...hashes.values()]],
  );
}

/** Checks first whether the column exists, because `add column if not exists` requires ownership of the table. */
async function addColumn(db: Queryable): Promise<void> {
  const hasColumn = await maybeOne(
    db,
    `select from pg_attribute where attrelid = $1::text::regclass and attname = 'hash'`,
    [MIGRATIONS_TABLE],
  );
  if (!hasColumn) await db.query(`alter table ${MIGRATIONS_TABLE} add column if not exists hash text`);
}

/** SHA-256 of each migration file, by name, in order. */
function hashMigrations(folder: string): Map<string, string> {
  const files = readdirSync(folder).sort();
  return new Map(
    files.map((file) => [
      file.replace(/\.sql$/, ''),
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ]),
  );
}
