import type { Queryable } from '@messaging/db';
import { ADDED_TEXTS } from '../data/additions.ts';

/** Terms with a similar cost. */
export interface TermClass {
  name: string;
  /** The maximum p95 of one client. */
  limitMs: number;
  terms: string[];
}

const LIMIT_MS = 30;
/** For three characters for which no trigram index has a list. */
const SHORT_MS = 15;
/** For one contact with very many candidates. */
const CLUMP_MS = 60;

/**
 * Rare terms whose characters, pairs and trigrams are all common. A trigram index would have to read long lists for
 * them.
 */
export const UNSERVED_TERMS = [
  'can order the',
  'and the order you',
  'for the order the',
  'order the and',
  'the order tomorrow you',
  'boiler pressure',
  'o t f',
];

/** All classes. Names and numbers are taken from the data, which is the same for the same size. */
export async function collectTerms(db: Queryable): Promise<TermClass[]> {
  const [names, phones] = [await sampleNames(db), await samplePhones(db)];
  return [
    { name: 'everywhere', limitMs: LIMIT_MS, terms: ['the', 'you', 'and', 'for'] },
    { name: 'common', limitMs: LIMIT_MS, terms: ['tomorrow', 'order', 'thanks', 'meeting', 'good morning'] },
    { name: 'middling', limitMs: LIMIT_MS, terms: ['happy', '#99', 'invoice', 'https://www', 'dinner'] },
    { name: 'rare', limitMs: LIMIT_MS, terms: [...ADDED_TEXTS.rare, 'breakfast', await sampleOrder(db)] },
    { name: 'absent', limitMs: LIMIT_MS, terms: ['zzzqqq', '#000000', 'xylofrab', 'nobody ever sent this sentence'] },
    { name: 'one character', limitMs: LIMIT_MS, terms: ['a', '7', 'é', '?', '好', '#'] },
    { name: 'two characters', limitMs: LIMIT_MS, terms: ['ok', 'th', '#1', 'é ', 'kk'] },
    {
      name: 'words of common trigrams',
      limitMs: LIMIT_MS,
      terms: ['it looks absolute to', 'the you today home', 'can order the', 'thanks for the invoice tomorrow'],
    },
    { name: 'names', limitMs: LIMIT_MS, terms: ['garcia', 'smith', 'maria', ...names] },
    { name: 'phones, typed five ways', limitMs: LIMIT_MS, terms: phones },
    { name: 'accents', limitMs: LIMIT_MS, terms: ['jose', 'JOSÉ', 'café', 'cafe', 'NIÑO', 'manana', 'grüße'] },
    { name: 'Cyrillic', limitMs: LIMIT_MS, terms: ['привет', 'СПАСИБО', 'заказ', 'поезд'] },
    { name: 'Arabic', limitMs: LIMIT_MS, terms: ['شكرا', 'اليوم', 'صباح الخير'] },
    { name: 'CJK', limitMs: LIMIT_MS, terms: ['明天', '谢谢', '订单', 'ありがとう', '会議', '감사합니다'] },
    { name: 'emoji', limitMs: LIMIT_MS, terms: ['😂', '🔥', '👩‍💻', '🇧🇷'] },
    { name: '% _ \\', limitMs: LIMIT_MS, terms: ['%', '_', '\\', '100%', '50% off', '_v1.pdf', 'C:\\Users'] },
    { name: 'rare, no trigram serves', limitMs: LIMIT_MS, terms: ['qz', 'жщ', '龘靐', '🪬', '~~', '¿¡', '§'] },
    { name: 'three characters, rare', limitMs: SHORT_MS, terms: ['q1z', 'xyz', '#9!', '?!?', 'é1'] },
    {
      name: 'clumped in few contacts',
      limitMs: LIMIT_MS,
      terms: [ADDED_TEXTS.few, 'boiler pressure', 'reading 77: boiler'],
    },
    {
      name: 'only in one contact of very many messages',
      limitMs: CLUMP_MS,
      terms: [ADDED_TEXTS.clump, 'disk /dev', 'sdb1', 'is 91% full'],
    },
    { name: 'only in old messages', limitMs: LIMIT_MS, terms: [ADDED_TEXTS.old, 'lanterns for', 'parchment'] },
  ];
}

async function sampleNames(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    'select name from contacts where id in (select max(id) / 3 from contacts union select max(id) / 7 from contacts)',
  );
  return rows.map(({ name }) => name);
}

/** One American number as stored, in two other notations, by its digits, and by its last seven. */
async function samplePhones(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ digits: string }>(
    `select phone_digits as digits from contacts where phone_number ~ '^\\+1 \\(\\d{3}\\) \\d{3}-\\d{4}$' and id > 50
     order by id limit 1`,
  );
  const digits = (rows[0]?.digits ?? '15550100199').slice(1);
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
  return [
    `+1 (${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    digits,
    `${exchange} ${line}`,
  ];
}

async function sampleOrder(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ content: string }>(
    "select content from messages where content ~ '#\\d{6}' and id > 10000 order by id limit 1",
  );
  return /#\d{6}/.exec(rows[0]?.content ?? '')?.[0] ?? '#123456';
}
