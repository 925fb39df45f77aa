import { addSignatures } from './index-signatures.ts';
import type { Queryable } from './pool.ts';
import { eachNgram, MAX_LISTED_CONTACTS, SEPARATOR } from './search/ngrams.ts';
import { many } from './sql.ts';

const FETCHED_ROWS = 500;
const WRITTEN_CONTACTS = 1_000;

/**
 * Adds the n-grams of contacts that the index of n-grams does not have yet, and the signatures of their segments. Holds all
 * n-grams of these contacts in memory.
 * @param contactIds SQL for their ids
 * @param which SQL that is true of the segments `s` to read
 */
export async function indexNgrams(db: Queryable, contactIds: string, which: string): Promise<void> {
  const common = await many<{ ngram: number }>(db, 'select ngram from ngram_counts where contact_count > $1', [
    MAX_LISTED_CONTACTS,
  ]);
  const skipped = new Set(common.map(({ ngram }) => ngram));
  const found = new Map<number, Set<number>>();
  await eachBatch<[number, string, string | null]>(db, textsOf(contactIds, which), async (texts) => {
    for (const [contactId, text] of texts) {
      const ngrams = found.get(contactId) ?? new Set();
      eachNgram(text, (ngram) => void (skipped.has(ngram) || ngrams.add(ngram)));
      found.set(contactId, ngrams);
    }
    await addSignatures(
      db,
      texts.flatMap(([contactId, body, newestAt]) => (newestAt === null ? [] : [{ contactId, newestAt, body }])),
    );
  });
  const known = `select contact_id, ngrams from contact_ngrams where contact_id in (${contactIds})`;
  await eachBatch<[number, number[]]>(db, known, async (rows) => {
    for (const [contactId, ngrams] of rows) for (const ngram of ngrams) found.get(contactId)?.delete(ngram);
  });
  await addNgrams(db, found);
}

/**
 * SQL for the folded texts of contacts: name and phone number, without a time, and those of their segments for which
 * `which` is true, with that of the newest message.
 */
const textsOf = (contactIds: string, which: string): string => `
  select id, name_folded || '${SEPARATOR}' || phone_number_folded, null from contacts where id in (${contactIds})
  union all
  select contact_id, body, newest_at from message_segments s where contact_id in (${contactIds}) and ${which}`;

/** Reads rows as arrays, through a cursor, because a contact can have any number of messages. */
async function eachBatch<Row extends unknown[]>(
  db: Queryable,
  text: string,
  visit: (rows: Row[]) => Promise<void>,
): Promise<void> {
  await many(db, `declare read_rows no scroll cursor for ${text}`);
  for (;;) {
    const { rows } = await db.query<Row>({ text: `fetch ${FETCHED_ROWS} from read_rows`, rowMode: 'array' });
    if (rows.length === 0) break;
    await visit(rows);
  }
  await many(db, 'close read_rows');
}

async function addNgrams(db: Queryable, found: Map<number, Set<number>>): Promise<void> {
  const counts = new Map<number, number>();
  let batch: [contactIds: number[], ngrams: string[]] = [[], []];
  const write = () => many(db, ADD_NGRAMS, batch, 'add-ngrams');
  for (const [contactId, ngrams] of found) {
    if (ngrams.size === 0) continue;
    for (const ngram of ngrams) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
    batch[0].push(contactId);
    batch[1].push(`{${[...ngrams].join()}}`);
    if (batch[0].length < WRITTEN_CONTACTS) continue;
    await write();
    batch = [[], []];
  }
  await write();
  await many(db, COUNT_NGRAMS, [[...counts.keys()], [...counts.values()]], 'count-ngrams');
}

const ADD_NGRAMS = `
  insert into contact_ngrams (contact_id, ngrams)
  select contact_id, ngrams::integer[] from unnest($1::bigint[], $2::text[]) as added (contact_id, ngrams)`;

const COUNT_NGRAMS = `
  insert into ngram_counts as known (ngram, contact_count)
  select ngram, contact_count from unnest($1::integer[], $2::integer[]) as added (ngram, contact_count) order by ngram
  on conflict (ngram) do update set contact_count = known.contact_count + excluded.contact_count`;
