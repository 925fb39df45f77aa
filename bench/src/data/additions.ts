import type { Queryable } from '@messaging/db';

/** Texts that are in no generated message; see bench/src/benches/search-terms.ts. */
export const ADDED_TEXTS = {
  clump: 'disk /dev/sdb1 is 91% full',
  few: 'boiler pressure 3.2 bar',
  old: 'parchment lanterns for the harvest',
  rare: ['quarkfjord', 'velvet zeppelin 7731', 'Übermorgenland'],
};

const CHUNK_MESSAGES = 10_000;
const FEW_CONTACTS = 5;

/**
 * Adds cases that generated data lacks: an old contact with very many identical messages, a few such contacts, words
 * that occur only in old messages, and very rare words. Uses ordinary inserts, so that the triggers maintain every read
 * model. Returns the contact with the identical messages.
 */
export async function addOldMessages(
  db: Queryable,
  { clumpMessages, fewMessages }: { clumpMessages: number; fewMessages: number },
): Promise<number> {
  const clumpContactId = await addContact(db, 'Storage Monitor', '+1 (555) 010-0199');
  await addMessages(db, clumpContactId, clumpMessages, `'alert ' || n || ': ${ADDED_TEXTS.clump}'`);
  for (let number = 1; number <= FEW_CONTACTS; number++) {
    const contactId = await addContact(db, `Heating Sensor ${number}`, `+1 (555) 010-020${number}`);
    await addMessages(db, contactId, fewMessages, `'reading ' || n || ': ${ADDED_TEXTS.few}'`);
  }
  await db.query(SCATTERED, [ADDED_TEXTS.old, 400]);
  for (const text of ADDED_TEXTS.rare) await db.query(SCATTERED, [text, 3]);
  return clumpContactId;
}

async function addContact(db: Queryable, name: string, phoneNumber: string): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    `insert into contacts (name, phone_number, created_at) values ($1, $2, '2018-12-01Z') returning id`,
    [name, phoneNumber],
  );
  return Number(rows[0]?.id);
}

/** One message a minute from 2019 on, years before the generated ones begin. @param content SQL over the number `n` */
async function addMessages(db: Queryable, contactId: number, count: number, content: string): Promise<void> {
  for (let first = 1; first <= count; first += CHUNK_MESSAGES) {
    await db.query(
      `insert into messages (contact_id, content, created_at)
       select $1, ${content}, '2019-01-01Z'::timestamptz + n * interval '1 minute'
       from generate_series($2::int, $3::int) as n`,
      [contactId, first, Math.min(count, first + CHUNK_MESSAGES - 1)],
    );
  }
}

/** An old message for contacts that are spread evenly over all contacts. */
const SCATTERED = `
  insert into messages (contact_id, content, created_at)
  select id, $1, '2019-06-01Z'::timestamptz + row_number() over (order by id) * interval '1 hour'
  from contacts
  where id % (select greatest(1, count(*) / $2::int) from contacts) = 7 % (select greatest(1, count(*) / $2::int) from contacts)
  limit $2`;
