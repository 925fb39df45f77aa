import type { Queryable } from '../pool.ts';
import { EVERY_NGRAM, eachNgram, MAX_LISTED_CONTACTS } from '../search/ngrams.ts';
import { many } from '../sql.ts';
import type { Check } from './check.ts';
import { type ContactRange, findInRanges } from './contact-ranges.ts';
import { readInBatches } from './read-in-batches.ts';
import { rebuildSearchIndex, whereBuilt } from './segment-signatures.ts';

/**
 * N-grams: those of a contact with messages and without a pending change are listed, unless so many contacts have them that
 * none is.
 */
export const checkContactNgrams: Check = {
  table: 'contact_ngrams',
  find: (db) =>
    whereBuilt(db, async () => {
      const common = await many<{ ngram: number }>(db, COMMON, [MAX_LISTED_CONTACTS]);
      const unlisted = new Set(common.map(({ ngram }) => ngram));
      return findInRanges(db, 500, (range) => findLacking(db, range, unlisted));
    }),
  repair: rebuildSearchIndex,
};

async function findLacking(db: Queryable, range: ContactRange, unlisted: Set<number>): Promise<number[]> {
  const listed = new Map<number, Set<number>>();
  await readInBatches<{ contactId: number; ngrams: number[] }>(db, LISTED, range, (rows) => {
    for (const { contactId, ngrams } of rows) {
      const known = listed.get(contactId) ?? new Set();
      for (const ngram of ngrams) known.add(ngram);
      listed.set(contactId, known);
    }
  });
  const lacking = new Set<number>();
  await readInBatches<{ contactId: number; text: string }>(db, TEXTS, range, (rows) => {
    for (const { contactId, text } of rows) {
      const known = listed.get(contactId);
      if (known?.has(EVERY_NGRAM)) continue; // it is a candidate for every term
      eachNgram(text, (ngram) => {
        if (!known?.has(ngram) && !unlisted.has(ngram)) lacking.add(contactId);
      });
    }
  });
  return [...lacking];
}

const COMMON = 'select ngram from ngram_counts where contact_count > $1';

const LISTED = `
  select contact_id as "contactId", ngrams from contact_ngrams where contact_id between $1 and $2`;

const TEXTS = `
  select text."contactId", text from (
    select id as "contactId", name_folded || U&'\\0300' || phone_number_folded as text
    from contacts where id between $1 and $2 and exists (select from message_segments where contact_id = contacts.id)
    union all
    select contact_id, body from message_segments where contact_id between $1 and $2
  ) text
  where "contactId" not in (select contact_id from conversation_changes)`;
