import type pg from 'pg';
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
  const named = new Set(lines.flatMap(({ externalId }) => (typeof externalId === 'string' ? externalId : [])));
  const again = [...named].filter((externalId) => wouldBe.has(externalId)).length;
  for (const externalId of named) wouldBe.add(externalId);
  const { imported, created, unchanged } = counts;
  const corrected = {
    ...(imported !== undefined && { imported: imported + rejected.length - stillRejected.length }),
    // One that a batch before would have created is there by now; whether it would change is not looked at.
    ...(created !== undefined && { created: created - again, unchanged: (unchanged ?? 0) + again }),
  };
  return { counts: { ...counts, ...corrected }, rejected: stillRejected };
}
