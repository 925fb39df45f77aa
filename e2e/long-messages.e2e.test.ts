import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import type { Client } from 'pg';
import { type ChildProcess, createFaultDatabase, startApi, startWorker } from './faults/harness/index.ts';

const MESSAGES = 500;
/** 1 MiB, which is not read to index it, and just what is read: an ideograph has three bytes. */
const [LONGEST, READ] = [349_525, 21_845];
/** Of the last segment of a block. */
const LAST_NUMBER = 8_191;
const [FIRST_IDEOGRAPH, IDEOGRAPHS] = [0x4e00, 20_000];
const HEAP_MIB = 192;
/** The promise is 200 ms on an idle machine. Going through the texts without a pause takes half a minute. */
const MAY_HOLD_MS = 2_000;

/**
 * Stores a long message for each of 500 contacts, whose segments end a block that is not made yet. Each has the same random
 * ideographs, which folding leaves as they are, and begins at another of them. Without the triggers, which take longer than
 * what is looked at here.
 */
async function storeLongMessages(db: Client): Promise<void> {
  await db.query(`
    insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(51, ${MESSAGES}) i;
    alter table messages alter content set storage external;
    set session_replication_role = replica;
    with random_text as materialized (
      select string_agg(chr(${FIRST_IDEOGRAPH} + (random() * ${IDEOGRAPHS})::integer), '') as ideographs
      from generate_series(1, ${LONGEST})
    )
    insert into messages (contact_id, content)
    select id, substr(ideographs, id::integer, case when id % 5 = 0 then ${LONGEST} else ${READ} end)
    from random_text cross join contacts;
    select setval('message_segments_segment_no_seq', ${LAST_NUMBER - MESSAGES}, true);
    insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
    select contact_id, created_at, created_at, 1, array[id], content from messages;
    reset session_replication_role`);
}

/** Resolves when all messages are indexed, to the longest time that the worker's event loop was held meanwhile. */
async function untilIndexed(db: Client, worker: ChildProcess): Promise<number> {
  let heldMs = 0;
  await eventually(
    async () => {
      const { body } = await worker.get<string>('/metrics'); // begins a new measurement
      heldMs = Math.max(heldMs, 1_000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(body)?.[1]));
      const { rows } = await db.query('select segment_count as segments from segment_blocks');
      expect(rows).toEqual([{ segments: MESSAGES }]);
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

test(`a worker with a heap of ${HEAP_MIB} MiB indexes ${MESSAGES} long messages, and does not stall`, async () => {
  const { connectionString, db } = await createFaultDatabase(undefined, { isChecked: false }); // it would fold 130 MiB
  await storeLongMessages(db);
  const env = { DATABASE_URL: connectionString };
  const worker = await startWorker({ ...env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` });
  expect(await untilIndexed(db, worker)).toBeLessThan(MAY_HOLD_MS);

  await db.query('refresh materialized view recent_conversations'); // without the triggers nothing was pending
  const api = await startApi(env);
  const { rows } = await db.query<{ word: string }>(
    'select substr(content, 1000, 10) as word from messages order by id limit 1',
  );
  expect(await find(api, rows[0]?.word ?? '')).toEqual([MESSAGES]); // it is in all of them: the newest
}, 300_000);
