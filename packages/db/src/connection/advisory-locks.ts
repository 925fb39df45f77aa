/**
 * Every advisory lock of this project, as the SQL expression of its key. Each is taken before any table or row lock, by
 * a session or transaction that holds no other advisory lock. There are two exceptions: a seed holds SEED_LOCK when it
 * takes REFRESH_LOCK, and the indexer holds INDEX_LOCK when it settles the segment numbers
 * (migrations/0009_segment_index.sql). Migrations also take the lock of node-pg-migrate (7241865325823964).
 */

/** Held by the one process that refreshes `recent_conversations` or replaces all data. */
export const REFRESH_LOCK = "hashtextextended('refresh recent_conversations', 0)";

/** Held by the process that adds to the index of segments. */
export const INDEX_LOCK = "hashtextextended('index message_segments', 0)";

/** Held by a running seed. A database can have one at a time. */
export const SEED_LOCK = '5330781104::bigint';

/**
 * Held while a request with an Idempotency-Key is in progress. `$1` is the client, `$2` the key, which contains no
 * space.
 */
export const IDEMPOTENCY_LOCK = "hashtextextended('idempotency ' || $2 || ' ' || $1, 0)";
