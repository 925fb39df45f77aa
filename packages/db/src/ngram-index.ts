import type { Pool, Queryable } from './pool.ts';
import { eachNgram, MAX_LISTED_CONTACTS, SEPARATOR } from './search/ngrams.ts';
import { many, maybeOne, one } from './sql.ts';
import { inTransaction } from './transaction.ts';

/** Contacts that are built in one transaction: about 11,000 segments at 50 messages a contact. */
const BUILD_CONTACTS = 5_000;
const FETCHED_ROWS = 500;
const WRITTEN_CONTACTS = 1_000;

/**
 * Builds the index of n-grams where there is none, range by range; returns how many ranges it built. Searches do without
 * it until it is whole. It goes on where it was interrupted, and several processes may try: they take turns.
 */
export async function buildNgrams(pool: Pool, { signal }: { signal?: AbortSignal } = {}): Promise<number> {
  const begun = await maybeOne(pool, 'select from ngram_progress');
  if (!begun && !(await inTransaction(pool, begin))) return 0;
  for (let built = 0; ; built++) {
    if (signal?.aborted || !(await inTransaction(pool, buildRange))) return built;
  }
}

/**
 * Puts what was written since the last time into the index: the segments that are new, of every contact with a pending
 * change. Called in a transaction that ends before those changes are forgotten, it leaves nothing that is neither indexed
 * nor pending.
 */
export async function updateNgrams(db: Queryable): Promise<void> {
  const progress = await lockProgress(db);
  if (!progress) return;
  const { xmin } = await one<{ xmin: string }>(db, 'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin');
  const isNew = `age(s.xmin) <= age('${progress.indexedBefore}'::xid8::xid)`;
  await indexContacts(db, 'select contact_id from conversation_changes', isNew);
  await many(db, FORGET_DELETED);
  await many(db, 'update ngram_progress set indexed_before = $1::text::xid8', [xmin]);
}

interface Progress {
  builtTo: number | null;
  indexedBefore: string;
  [column: string]: unknown;
}

/** The lock makes those who build and those who update take turns: neither may miss what the other has counted. */
const lockProgress = (db: Queryable): Promise<Progress | undefined> =>
  maybeOne(db, 'select built_to as "builtTo", indexed_before::text as "indexedBefore" from ngram_progress for update');

/** False while there are messages without segments: they would be missed. */
async function begin(db: Queryable): Promise<boolean> {
  const begun = await many(
    db,
    `insert into ngram_progress (built_to)
     select 0 where not exists (select from unsegmented_contacts) on conflict do nothing returning built_to`,
  );
  if (begun.length > 0) await many(db, 'delete from contact_ngrams');
  if (begun.length > 0) await many(db, 'delete from ngram_counts');
  return begun.length > 0;
}

/** False when there is no range left. */
async function buildRange(db: Queryable): Promise<boolean> {
  const progress = await lockProgress(db);
  if (!progress || progress.builtTo === null) return false;
  const { last } = await one<{ last: number | null }>(
    db,
    'select max(id) as last from (select id from contacts where id > $1 order by id limit $2) next_contacts',
    [progress.builtTo, BUILD_CONTACTS],
  );
  if (last !== null) {
    await indexContacts(db, `select id from contacts where id > ${progress.builtTo} and id <= ${last}`, 'true');
  }
  await many(db, 'update ngram_progress set built_to = $1', [last]);
  return last !== null;
}

/** Adds the n-grams of the contacts in `contactIds` that the index does not have, from the segments `which` is true of. */
async function indexContacts(db: Queryable, contactIds: string, which: string): Promise<void> {
  const common = await many<{ ngram: number }>(db, 'select ngram from ngram_counts where contact_count > $1', [
    MAX_LISTED_CONTACTS,
  ]);
  const skipped = new Set(common.map(({ ngram }) => ngram));
  const found = new Map<number, Set<number>>();
  await eachRow<string>(db, textsOf(contactIds, which), (contactId, text) => {
    const ngrams = found.get(contactId) ?? new Set();
    eachNgram(text, (ngram) => void (skipped.has(ngram) || ngrams.add(ngram)));
    found.set(contactId, ngrams);
  });
  const known = `select contact_id, ngrams from contact_ngrams where contact_id in (${contactIds})`;
  await eachRow<number[]>(db, known, (contactId, ngrams) => {
    for (const ngram of ngrams) found.get(contactId)?.delete(ngram);
  });
  await addNgrams(db, found);
}

/** SQL for the folded texts of contacts: name and phone number, and those of their segments for which `which` is true. */
const textsOf = (contactIds: string, which: string): string => `
  select id, name_folded || '${SEPARATOR}' || phone_number_folded from contacts where id in (${contactIds})
  union all
  select contact_id, body from message_segments s where contact_id in (${contactIds}) and ${which}`;

/** Reads rows of two columns through a cursor, because a contact can have any number of messages. */
async function eachRow<Value>(
  db: Queryable,
  text: string,
  visit: (contactId: number, value: Value) => void,
): Promise<void> {
  await many(db, `declare read_rows no scroll cursor for ${text}`);
  for (;;) {
    const { rows } = await db.query<[number, Value]>({
      text: `fetch ${FETCHED_ROWS} from read_rows`,
      rowMode: 'array',
    });
    if (rows.length === 0) break;
    for (const [contactId, value] of rows) visit(contactId, value);
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

const FORGET_DELETED = `
  delete from contact_ngrams n
  where contact_id in (select contact_id from conversation_changes)
    and not exists (select from contacts where id = n.contact_id)`;
