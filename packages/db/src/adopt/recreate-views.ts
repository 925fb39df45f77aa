import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { KEPT_SCHEMA } from './kept-schema.ts';
import type { OldView } from './move-aside.ts';

/**
 * Makes the old views again, over the new tables. Returns a line about each. One that cannot be made stays with the old
 * tables, as does every materialized view. Requires a transaction.
 */
export async function recreateViews(db: Queryable, views: OldView[]): Promise<string[]> {
  const lines = [];
  for (const view of views) lines.push(await recreate(db, view));
  return lines;
}

async function recreate(db: Queryable, { name, create, rights, isMaterialized }: OldView): Promise<string> {
  const stays = `stays in the schema ${KEPT_SCHEMA}, over the old tables`;
  if (isMaterialized) return `The materialized view ${name} ${stays}: make it again if it is still needed.`;
  await many(db, 'savepoint before_view');
  try {
    for (const statement of [create, ...rights]) await many(db, statement);
    return `The view ${name} was made again over the new tables.`;
  } catch (error) {
    await many(db, 'rollback to before_view');
    const reason = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : error;
    return `The view ${name} ${stays}, because it could not be made again: ${reason}.`;
  }
}
