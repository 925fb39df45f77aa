/** Where the old tables are kept, with what could not be taken. */
export const KEPT_SCHEMA = 'adopted';

/** Where an adoption reads, and where it lists the rows that it does not take. */
export interface Tables {
  contacts: string;
  messages: string;
  rejectedContacts: string;
  rejectedMessages: string;
}

export const KEPT_TABLES: Tables = {
  contacts: `${KEPT_SCHEMA}.contacts`,
  messages: `${KEPT_SCHEMA}.messages`,
  rejectedContacts: `${KEPT_SCHEMA}.rejected_contacts`,
  rejectedMessages: `${KEPT_SCHEMA}.rejected_messages`,
};

/** For a dry run, which moves nothing. */
export const TABLES_IN_PLACE: Tables = {
  contacts: 'contacts',
  messages: 'messages',
  rejectedContacts: 'pg_temp.rejected_contacts',
  rejectedMessages: 'pg_temp.rejected_messages',
};
