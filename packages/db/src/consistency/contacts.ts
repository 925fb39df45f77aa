import { many } from '../connection/sql.ts';
import type { Check } from './check.ts';
import { findByStatement } from './contact-ranges.ts';

/** The columns of `contacts` that searches read: compared with the result of folding them now. */
export const checkContacts: Check = {
  table: 'contacts',
  find: (db) =>
    findByStatement(
      db,
      20_000,
      `select id as "contactId" from contacts
       where id between $1 and $2
         and (name_folded, phone_number_folded, phone_digits)
           is distinct from (fold_text(name), fold_text(phone_number), phone_digits(phone_number))`,
    ),
  async repair(pool, { contactIds }) {
    // Setting a column recomputes the generated columns that depend on it.
    await many(pool, 'update contacts set name = name, phone_number = phone_number where id = any($1::bigint[])', [
      contactIds,
    ]);
  },
};
