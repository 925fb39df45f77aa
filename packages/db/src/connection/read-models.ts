/** The materialized view behind the list of conversations: the name in SQL, job ids, log fields and metrics. */
export const RECENT_CONVERSATIONS = 'recent_conversations';

/** The job queue of the refreshes. */
export const REFRESH_QUEUE = 'refresh';

/** The NOTIFY channel. The triggers notify on it when the first change becomes pending. */
export const CHANGES_CHANNEL = 'conversation_changes';
