import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import type { Client } from 'pg';
import { type ChildProcess, createFaultDatabase, startApi, startWorker } from './faults/harness/index.ts';

const MESSAGES = 500;
/** 1 MiB: an ideograph has three bytes. */
const CHARACTERS = 349_525;
const [FIRST_IDEOGRAPH, IDEOGRAPHS] = [0x4e00, 20_000];
const HEAP_MIB = 192;
/** The promise is 200 ms on an idle machine. Going through the texts without a pause takes half a minute. */
const MAY_HOLD_MS = 2_000;

/**
 * Stores a long message for each of 500 contacts, as if written before there was an index. Each has the same random
 * ideographs, which folding leaves as they are, and begins at another of them. Without the triggers and the trigram index,
 * which take longer than what is looked at here.
 */
async function storeLongMessages(db: Client): Promise<void> {
  await db.query(`
    insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(51, ${MESSAGES}) i;
    drop index messages_content_trigrams;
    alter table messages alter content set storage external;
    set session_replication_role = replica;
    with random_text as materialized (
      select string_agg(chr(${FIRST_IDEOGRAPH} + (random() * ${IDEOGRAPHS})::integer), '') as ideographs
      from generate_series(1, ${CHARACTERS})
    )
    insert into messages (contact_id, content)
    select id, substr(ideographs, id::integer) || left(ideographs, id::integer - 1) from random_text cross join contacts;
    insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
    select contact_id, created_at, created_at, 1, array[id], content from messages;
    reset session_replication_role`);
}

const countOf = async (db: Client, table: string): Promise<number> =>
  (await db.query(`select count(distinct contact_id)::int as count from ${table}`)).rows[0].count;

/** Resolves when all messages are indexed, to the longest time that the worker's event loop was held meanwhile. */
async function untilIndexed(db: Client, worker: ChildProcess): Promise<number> {
  let heldMs = 0;
  await eventually(
    async () => {
      const { body } = await worker.get<string>('/metrics'); // begins a new measurement
      heldMs = Math.max(heldMs, 1_000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(body)?.[1]));
      expect(await countOf(db, 'segment_signatures')).toBe(MESSAGES);
      expect(await countOf(db, 'contact_ngrams')).toBe(MESSAGES);
      expect(await countOf(db, 'conversation_changes')).toBe(0);
    },
    { timeoutMs: 150_000, intervalMs: 200 },
  );
  return heldMs;
}

const find = async (api: ChildProcess, term: string) =>
  (
    await api.get<{ conversations: { contactId: number }[] }>(
      `/api/conversations?pageSize=1&searchValue=${encodeURIComponent(term)}`,
    )
  ).body.conversations.map(({ contactId }) => contactId);

test(`a worker with a heap of ${HEAP_MIB} MiB indexes ${MESSAGES} messages of 1 MiB, and does not stall`, async () => {
  const { connectionString, db } = await createFaultDatabase(undefined, { isChecked: false }); // it would fold 500 MiB
  await storeLongMessages(db);
  const env = { DATABASE_URL: connectionString };
  const worker = await startWorker({ ...env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` });
  expect(await untilIndexed(db, worker)).toBeLessThan(MAY_HOLD_MS); // by the first build

  // And by a refresh: to it, what was written again is new.
  await db.query(`
    begin;
    delete from segment_signatures; delete from contact_ngrams; delete from ngram_counts;
    update message_segments set body = body; update contacts set name = 'renamed ' || id;
    commit`);
  expect(await untilIndexed(db, worker)).toBeLessThan(MAY_HOLD_MS);

  const api = await startApi(env);
  const { rows } = await db.query<{ word: string }>(
    'select right(content, 10) as word from messages order by id limit 1',
  );
  expect(await find(api, rows[0]?.word ?? '')).toEqual([MESSAGES]); // it is in all of them: the newest
}, 300_000);
