import { setImmediate as letOthersRun } from 'node:timers/promises';
import { addSignatures } from './index-signatures.ts';
import { addNgrams, type NgramsByContact } from './listed-ngrams.ts';
import type { Queryable } from './pool.ts';
import { EVERY_NGRAM, eachNgram, MAX_CONTACT_NGRAMS, MAX_LISTED_CONTACTS, SEPARATOR } from './search/ngrams.ts';
import { many } from './sql.ts';

/**
 * A longer text is not read: it counts as one that may hold any term. Its signature would have nearly all bits, and a
 * message of 1 MiB of ideographs has 350,000 n-grams. Segments of several messages are not longer.
 */
const MAX_READ_BYTES = 65_536;
/** At most 4 MiB. */
const FETCHED_ROWS = 64;
/** N-grams that are kept in memory before they are written: some 10 MB. */
const KEPT_NGRAMS = 200_000;

/**
 * Adds the n-grams of contacts that the index of n-grams does not have yet, and the signatures of their segments. The
 * memory it takes depends neither on the number of texts nor on their length. Between two texts others can run.
 * @param contactIds SQL for their ids
 * @param which SQL that is true of the segments `s` to read
 */
export async function indexNgrams(db: Queryable, contactIds: string, which: string): Promise<void> {
  const common = await many<{ ngram: number }>(db, 'select ngram from ngram_counts where contact_count > $1', [
    MAX_LISTED_CONTACTS,
  ]);
  const collected = collectNgrams(new Set(common.map(({ ngram }) => ngram)));
  await eachBatch(db, textsOf(contactIds, which), async (texts) => {
    for (const [contactId, text] of texts) {
      collected.add(contactId, text);
      if (collected.count() > KEPT_NGRAMS) await addNgrams(db, collected.take());
      await letOthersRun();
    }
    await addSignatures(
      db,
      texts.flatMap(([contactId, body, newestAt]) => (newestAt === null ? [] : [{ contactId, newestAt, body }])),
    );
  });
  await addNgrams(db, collected.take());
}

type TextRow = [contactId: number, text: string | null, newestAt: string | null];

/**
 * SQL for the folded texts of contacts: name and phone number, without a time, and those of their segments for which
 * `which` is true, with that of the newest message. In the order of the contacts, so that each gets one row of n-grams.
 */
const textsOf = (contactIds: string, which: string): string => `
  select id, name_folded || '${SEPARATOR}' || phone_number_folded, null from contacts where id in (${contactIds})
  union all
  select contact_id, case when octet_length(body) <= ${MAX_READ_BYTES} then body end, newest_at
  from message_segments s where contact_id in (${contactIds}) and ${which}
  order by 1`;

/** Reads rows as arrays, through a cursor, because a contact can have any number of messages. */
async function eachBatch(db: Queryable, text: string, visit: (rows: TextRow[]) => Promise<void>): Promise<void> {
  await many(db, `declare read_rows no scroll cursor for ${text}`);
  for (;;) {
    const { rows } = await db.query<TextRow>({ text: `fetch ${FETCHED_ROWS} from read_rows`, rowMode: 'array' });
    if (rows.length === 0) break;
    await visit(rows);
  }
  await many(db, 'close read_rows');
}

/** Collects the n-grams of contacts that are not common. */
function collectNgrams(common: ReadonlySet<number>) {
  let found: NgramsByContact = new Map();
  let count = 0;
  return {
    count: () => count,
    add(contactId: number, text: string | null): void {
      const ngrams = found.get(contactId) ?? new Set();
      found.set(contactId, ngrams);
      if (ngrams.has(EVERY_NGRAM)) return;
      count -= ngrams.size;
      if (text !== null) eachNgram(text, (ngram) => void (common.has(ngram) || ngrams.add(ngram)));
      if (text === null || ngrams.size > MAX_CONTACT_NGRAMS) {
        ngrams.clear();
        ngrams.add(EVERY_NGRAM);
      }
      count += ngrams.size;
    },
    /** What was collected since the last time. */
    take(): NgramsByContact {
      const taken = found;
      found = new Map();
      count = 0;
      return taken;
    },
  };
}
