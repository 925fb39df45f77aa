/**
 * Every advisory lock of ours, as SQL for its key. They are taken before any lock on a table or a row, by sessions or
 * transactions that hold no other one of them; but a seed holds its own when it takes that of refreshes, and the index its own
 * when it settles the numbers of segments (migrations/0009_segment_index.sql). Migrations take the one of node-pg-migrate
 * besides (7241865325823964).
 */

/** Held by the process that refreshes `recent_conversations`, or replaces all data: one at a time. */
export const REFRESH_LOCK = "hashtextextended('refresh recent_conversations', 0)";

/** Held by the process that adds to the index of segments. */
export const INDEX_LOCK = "hashtextextended('index message_segments', 0)";

/** Held by the one seed of a database. */
export const SEED_LOCK = '5330781104::bigint';

/** Held while a request with an Idempotency-Key is in progress: `$1` is the client, `$2` the key, which has no space in it. */
export const IDEMPOTENCY_LOCK = "hashtextextended('idempotency ' || $2 || ' ' || $1, 0)";
