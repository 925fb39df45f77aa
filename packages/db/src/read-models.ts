/** The materialized view behind the list of conversations: its name in SQL, job ids, log fields and metrics. */
export const RECENT_CONVERSATIONS = 'recent_conversations';

/** The NOTIFY channel on which the triggers say that there are changes after there were none. */
export const CHANGES_CHANNEL = 'conversation_changes';
