export { announceTrace } from './commands/announce-trace.ts';
export { createContact } from './commands/create-contact.ts';
export { deleteContact } from './commands/delete-contact.ts';
export { deleteMessage } from './commands/delete-message.ts';
export {
  type Answer,
  type IdempotencyKey,
  type OnceAnswer,
  replay,
  runOnce,
} from './commands/idempotency.ts';
export {
  claimImport,
  type ImportAttempt,
  type ImportCheckpoint,
  LEASE_SECONDS,
  lockAttempt,
  recordCheckpoint,
  releaseAttempt,
  renewAttempt,
} from './commands/import-attempts.ts';
export { type ImportedBatch, type ImportLine, importBatch } from './commands/import-messages.ts';
export { pruneIdempotencyKeys } from './commands/prune-idempotency-keys.ts';
export { sendMessage } from './commands/send-message.ts';
export { updateContact } from './commands/update-contact.ts';
export { checkDatabase, type TableResult } from './consistency/check-database.ts';
export { getLastCheck, type LastCheck } from './consistency/last-check.ts';
export { listMissingMigrations, migrate, UnsuitableDatabaseError } from './migrate.ts';
export { buildNgrams } from './ngram-index.ts';
export { isViewMissing } from './pg-errors.ts';
export { connectionOptions, createPool, createQueuePool, type Pool, type PoolPurpose, type Queryable } from './pool.ts';
export { createProbePool } from './probe-pool.ts';
export { getContact } from './queries/get-contact.ts';
export { getRefreshStatus, type LastRefresh, type RefreshStatus } from './queries/get-refresh-status.ts';
export { getViewStatus, type ViewStatus } from './queries/get-view-status.ts';
export { listContacts } from './queries/list-contacts.ts';
export { listConversations } from './queries/list-conversations.ts';
export { listMessages, type MessagesPage } from './queries/list-messages.ts';
export type { JsonPage, PageRequest } from './queries/page.ts';
export { type LongMessage, readContents } from './queries/read-contents.ts';
export { type SearchPage, type SearchPools, searchConversations } from './queries/search-conversations.ts';
export { isUnchangedSince } from './queries/snapshot.ts';
export { CHANGES_CHANNEL, RECENT_CONVERSATIONS, REFRESH_QUEUE } from './read-models.ts';
export { refreshRecentConversations } from './refresh.ts';
export { retryConflict } from './retry-conflict.ts';
export { createRoles } from './roles.ts';
export { buildSegments } from './segments.ts';
export { inTransaction, withConnection } from './transaction.ts';
export { waitForDatabase } from './wait-for-database.ts';
