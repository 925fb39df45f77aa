export { type FeedPosition, readChangesCursor, toChangesCursor } from './changes/changes-cursor.ts';
export { type ChangesSince, listChanges } from './changes/list-changes.ts';
export { pruneChangeLog } from './changes/prune-change-log.ts';
export { announceTrace } from './commands/announce-trace.ts';
export { createContact } from './commands/create-contact.ts';
export { deleteContact } from './commands/delete-contact.ts';
export { deleteMessage } from './commands/delete-message.ts';
export {
  type Answer,
  type IdempotencyKey,
  type OnceAnswer,
  runOnce,
} from './commands/idempotency.ts';
export { pruneIdempotencyKeys } from './commands/prune-idempotency-keys.ts';
export { sendMessage } from './commands/send-message.ts';
export { updateContact } from './commands/update-contact.ts';
export { upsertContact } from './commands/upsert-contact.ts';
export { isViewMissing } from './connection/pg-errors.ts';
export {
  connectionOptions,
  createPool,
  createQueuePool,
  type Pool,
  type PoolPurpose,
  type Queryable,
} from './connection/pool.ts';
export { createProbePool } from './connection/probe-pool.ts';
export { CHANGES_CHANNEL, RECENT_CONVERSATIONS, REFRESH_QUEUE } from './connection/read-models.ts';
export { retryConflict } from './connection/retry-conflict.ts';
export { inTransaction, withConnection } from './connection/transaction.ts';
export { waitForDatabase } from './connection/wait-for-database.ts';
export { checkDatabase, type TableResult } from './consistency/check-database.ts';
export { getLastCheck, type LastCheck } from './consistency/last-check.ts';
export { exportContacts, exportMessages } from './export/export-lines.ts';
export { emptyAnswer, type ImportAnswer, toBody } from './import/import-answer.ts';
export { LEASE_SECONDS } from './import/import-attempts.ts';
export { importBatch } from './import/import-batch.ts';
export { contactImport, type ImportKind, messageImport } from './import/import-kind.ts';
export { type ImportProgress, importLines, type Numbered } from './import/import-lines.ts';
export { type ImportOnceDeps, importOnce } from './import/import-once.ts';
export { getContact } from './queries/get-contact.ts';
export { getMessage } from './queries/get-message.ts';
export { getRefreshStatus, type LastRefresh, type RefreshStatus } from './queries/get-refresh-status.ts';
export { getViewStatus, type ViewStatus } from './queries/get-view-status.ts';
export { type AllMessagesRequest, listAllMessages } from './queries/list-all-messages.ts';
export { listContacts } from './queries/list-contacts.ts';
export { listConversations } from './queries/list-conversations.ts';
export { listMessages, type MessagesPage } from './queries/list-messages.ts';
export type { JsonPage, PageRequest } from './queries/page.ts';
export { type LongMessage, readContents } from './queries/read-contents.ts';
export { isUnchangedSince, type Seen } from './queries/snapshot.ts';
export { refreshRecentConversations } from './refresh/refresh.ts';
export { listMissingMigrations, migrate } from './schema/migrate.ts';
export { UnsuitableDatabaseError } from './schema/migration-hashes.ts';
export { createRoles } from './schema/roles.ts';
export { type SearchPage, searchConversations } from './search/search-conversations.ts';
export { type MessageSearchPage, searchMessages } from './search/search-messages.ts';
export { compactIndex, indexSegments } from './search-index/index-segments.ts';
export { buildSegments } from './search-index/segments.ts';
