import type pg from 'pg';
import { many } from '../connection/sql.ts';
import { transaction } from '../connection/transaction.ts';
import type { StoredBatch } from '../import/import-batch.ts';
import type { ImportKind } from '../import/import-kind.ts';
import type { Numbered } from '../import/import-lines.ts';

/** External ids of contacts that an import would have created. */
export type WouldBeContacts = Set<string>;

class RolledBack extends Error {
  override readonly name = 'RolledBack';
}

/**
 * What would come of a batch: stores it and takes it back. Contacts that would be there by then, from a batch or a file before,
 * count as there.
 */
export async function tryBatch<Line extends Numbered & { externalId?: unknown; contactExternalId?: unknown }>(
  client: pg.ClientBase,
  { store }: ImportKind<Line>,
  lines: Line[],
  wouldBe: WouldBeContacts,
): Promise<StoredBatch> {
  const named = lines.flatMap(({ externalId }) => (typeof externalId === 'string' ? externalId : []));
  const known = await listKnown(client, named);
  let stored: StoredBatch | undefined;
  await transaction(client, async () => {
    stored = await store(client, lines);
    throw new RolledBack();
  }).catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  const { counts, rejected } = stored ?? { counts: {}, rejected: [] };
  const namedBy = new Map(lines.map(({ line, contactExternalId }) => [line, contactExternalId]));
  const stillRejected = rejected.filter(({ line }) => !wouldBe.has(String(namedBy.get(line))));
  const created = [...new Set(named)].filter((externalId) => !known.has(externalId));
  const again = created.filter((externalId) => wouldBe.has(externalId)).length;
  for (const externalId of created) wouldBe.add(externalId);
  const corrected = {
    ...(counts.imported !== undefined && { imported: counts.imported + rejected.length - stillRejected.length }),
    // One that a batch before would have created is there by now; whether it would change is not looked at.
    ...(counts.created !== undefined && {
      created: counts.created - again,
      unchanged: (counts.unchanged ?? 0) + again,
    }),
  };
  return { counts: { ...counts, ...corrected }, rejected: stillRejected };
}

/** Of these external ids, those that a contact has. */
async function listKnown(client: pg.ClientBase, externalIds: string[]): Promise<Set<string>> {
  if (externalIds.length === 0) return new Set();
  const text = 'select external_id as "externalId" from contacts where external_id = any($1::text[])';
  const rows = await many<{ externalId: string }>(client, text, [externalIds], 'known-external-ids');
  return new Set(rows.map(({ externalId }) => externalId));
}
