import { ConflictError } from '@messaging/shared';

/** @throws ConflictError if another contact has the external id; otherwise the error itself */
export function refuseTakenExternalId(error: unknown): never {
  if ((error as { constraint?: unknown }).constraint !== 'contacts_external_id') throw error;
  throw new ConflictError('Another contact has this externalId; upsert-contact would change that one.', {
    cause: error,
  });
}
