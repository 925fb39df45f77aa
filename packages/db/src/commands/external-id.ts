import { ConflictError } from '@messaging/shared';
import { pgCode } from '../connection/pg-errors.ts';

const UNIQUE_VIOLATION = '23505';

/** @throws ConflictError if another contact has the external id; otherwise the error itself */
export function refuseTakenExternalId(error: unknown): never {
  if (pgCode(error) !== UNIQUE_VIOLATION) throw error;
  throw new ConflictError('Another contact has this externalId; upsert-contact would change that one.', {
    cause: error,
  });
}
