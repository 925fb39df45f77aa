import { NotFoundError } from '@messaging/shared';
import pg from 'pg';
import { createContact } from '../../commands/create-contact.ts';
import { deleteContact } from '../../commands/delete-contact.ts';
import { deleteMessage } from '../../commands/delete-message.ts';
import { sendMessage } from '../../commands/send-message.ts';
import { updateContact } from '../../commands/update-contact.ts';
import { upsertContact } from '../../commands/upsert-contact.ts';
import { connectionOptions } from '../../connection/pool.ts';
import { importBatch } from '../../import/import-batch.ts';
import { storeContacts } from '../../import/store-contacts.ts';
import { storeMessages } from '../../import/store-messages.ts';
import type { Actor, ContactLimits, Shared } from './actor.ts';
import type { Random } from './random.ts';

/** The longest time that a transaction stays open, so that others commit or a refresh ends meanwhile. */
const LONGEST_HOLD_MS = 100;
const LONGEST_HOLD_OVER_REFRESH_MS = 3_000;

/** A client that writes: with commands, and with direct SQL. */
export function createWriter(shared: Shared, random: Random, { contacts }: ContactLimits): Actor {
  const client = new pg.Client(connectionOptions(shared.config, 'concurrency'));
  client.on('error', () => {}); // the running query rejects with the same error
  const connected = client.connect();
  return {
    async step() {
      await connected;
      const [kind, operation] = random.pick(OPERATIONS);
      try {
        await run(client, shared, random, () => operation(client, random, contacts));
        shared.done(kind);
      } catch (error) {
        if (!isExpected(error)) shared.fail(`${kind}: ${error}`);
      }
    },
    close: () => client.end(),
  };
}

/** Runs alone, or in a transaction that stays open until others or a refresh have ended. It may be rolled back then. */
async function run(
  client: pg.Client,
  shared: Shared,
  random: Random,
  operation: () => Promise<unknown>,
): Promise<void> {
  const [isHeld, isOverRefresh, isRolledBack] = [random.chance(0.3), random.chance(0.3), random.chance(0.2)];
  if (!isHeld) {
    await operation();
    return;
  }
  await client.query('begin');
  try {
    await operation();
    await (isOverRefresh
      ? shared.untilDone('refresh', 1, LONGEST_HOLD_OVER_REFRESH_MS)
      : shared.untilDone('any', random.integer(1, 6), LONGEST_HOLD_MS));
    await client.query(isRolledBack ? 'rollback' : 'commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** The second of two concurrent writers finds that a contact or a message was deleted. */
function isExpected(error: unknown): boolean {
  return error instanceof NotFoundError || (error as { code?: string }).code === '23503';
}

type Operation = (db: pg.Client, random: Random, contacts: number) => Promise<unknown>;

const idOf = (random: Random, contacts: number) => random.integer(1, contacts);
const TEXTS = ['a', 'quick brown fox', '日本語', 'Ünïcode', 'x'.repeat(2_100), '§', 'zz top'];
const TIMES = [undefined, undefined, undefined, '2001-01-01T00:00:00Z', '2020-06-01T00:00:00Z', '2040-01-01T00:00:00Z'];
const line = (random: Random, contacts: number, number: number) => ({
  contactId: idOf(random, contacts),
  content: random.pick(TEXTS),
  createdAt: random.pick(TIMES),
  clientMessageId: random.chance(0.3) ? `client ${random.integer(1, 20)}` : undefined,
  line: number,
});

const newestMessageOf = `
  select id from messages where contact_id = $1 order by created_at desc, id desc offset $2 limit 1`;

async function pickMessage(db: pg.Client, random: Random, contacts: number): Promise<number> {
  const { rows } = await db.query<{ id: number }>(newestMessageOf, [idOf(random, contacts), random.integer(0, 3)]);
  return rows[0]?.id ?? random.integer(1, 1_000);
}

const SEVERAL_ROWS = `
  insert into messages (contact_id, content, created_at)
  select id, $2, $3 from unnest($1::bigint[]) as sent (id) where exists (select from contacts where id = sent.id)`;

/** Each kind is drawn as often as it is listed here. */
const OPERATIONS: [string, Operation][] = [
  ...Array.from({ length: 4 }, (): [string, Operation] => [
    'send-message',
    (db, random, contacts) => sendMessage(db, { ...line(random, contacts, 1), direction: 'outbound' }),
  ]),
  ['import-messages', importLines],
  ['import-messages', importLines],
  ['import-contacts', importContacts],
  [
    'upsert-contact',
    (db, random) =>
      upsertContact(db, { externalId: externalId(random), name: random.pick(TEXTS), phoneNumber: '+1 555 0101' }),
  ],
  [
    'insert of several rows',
    (db, random, contacts) =>
      db.query(SEVERAL_ROWS, [
        Array.from({ length: random.integer(2, 6) }, () => idOf(random, contacts)),
        random.pick(TEXTS),
        random.pick(TIMES) ?? 'now',
      ]),
  ],
  [
    'create-contact',
    (db, random) => createContact(db, { name: `new ${random.integer(1, 9)}`, phoneNumber: '+1 555 0100' }),
  ],
  [
    'contact with its id',
    (db, random, contacts) =>
      db.query(
        "insert into contacts (id, name, phone_number) values ($1, 'back again', '+1 5') on conflict do nothing",
        [idOf(random, contacts)],
      ),
  ],
  [
    'update-contact',
    (db, random, contacts) =>
      updateContact(db, { contactId: idOf(random, contacts), name: `name ${random.integer(1, 99)}` }),
  ],
  [
    'delete-message',
    async (db, random, contacts) => deleteMessage(db, { messageId: await pickMessage(db, random, contacts) }),
  ],
  [
    'delete-message',
    async (db, random, contacts) => deleteMessage(db, { messageId: await pickMessage(db, random, contacts) }),
  ],
  ['delete-contact', (db, random, contacts) => deleteContact(db, { contactId: idOf(random, contacts) })],
  [
    'edit of a message',
    async (db, random, contacts) =>
      db.query('update messages set content = $2 where id = $1', [
        await pickMessage(db, random, contacts),
        random.pick(TEXTS),
      ]),
  ],
  [
    'move of a message',
    async (db, random, contacts) =>
      db.query('update messages set contact_id = $2, client_message_id = null where id = $1', [
        await pickMessage(db, random, contacts),
        idOf(random, contacts),
      ]),
  ],
];

/** A batch is a separate transaction. If one is already open, the batch is part of it. */
function importLines(db: pg.Client, random: Random, contacts: number): Promise<unknown> {
  const lines = Array.from({ length: random.integer(1, 8) }, (_, index) => line(random, contacts, index + 1));
  return importBatch(db, lines, storeMessages);
}

/** Few external ids, so that imports and upserts meet. */
const externalId = (random: Random): string => `external ${random.integer(1, 12)}`;

function importContacts(db: pg.Client, random: Random): Promise<unknown> {
  const lines = Array.from({ length: random.integer(1, 8) }, (_, index) => ({
    externalId: random.pick([externalId(random), undefined]),
    name: random.pick(TEXTS),
    phoneNumber: '+1 555 0100',
    line: index + 1,
  }));
  return importBatch(db, lines, storeContacts);
}
