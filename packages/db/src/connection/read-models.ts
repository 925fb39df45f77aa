/** The materialized view behind the list of conversations: its name in SQL, job ids, log fields and metrics. */
export const RECENT_CONVERSATIONS = 'recent_conversations';

/** The job queue of its refreshes. */
export const REFRESH_QUEUE = 'refresh';

/** The NOTIFY channel on which the triggers say that there are changes after there were none. */
export const CHANGES_CHANNEL = 'conversation_changes';
