import type { Queryable } from '@messaging/db';
import { ADDED_TEXTS } from '../data/additions.ts';

/** Terms that are alike in what they cost. */
export interface TermClass {
  name: string;
  /** What the p95 of one client may be. */
  limitMs: number;
  terms: string[];
}

/** What a search may take that an index serves. */
export const QUICK_MS = 150;
/** For what is rare and no trigram serves, and for the clump. */
const SLOW_MS = 600;

/**
 * Terms all of whose characters, pairs and trigrams are common, and that are hardly anywhere: without the signatures of the
 * segments each needs a scan of everything.
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

/** All classes; names and numbers are taken from the data, which is the same for the same size. */
export async function collectTerms(db: Queryable): Promise<TermClass[]> {
  const [names, phones] = [await sampleNames(db), await samplePhones(db)];
  return [
    { name: 'everywhere', limitMs: QUICK_MS, terms: ['the', 'you', 'and', 'for'] },
    { name: 'common', limitMs: QUICK_MS, terms: ['tomorrow', 'order', 'thanks', 'meeting', 'good morning'] },
    { name: 'middling', limitMs: QUICK_MS, terms: ['happy', '#99', 'invoice', 'https://www', 'dinner'] },
    { name: 'rare', limitMs: QUICK_MS, terms: [...ADDED_TEXTS.rare, 'breakfast', await sampleOrder(db)] },
    { name: 'absent', limitMs: QUICK_MS, terms: ['zzzqqq', '#000000', 'xylofrab', 'nobody ever sent this sentence'] },
    { name: 'one character', limitMs: QUICK_MS, terms: ['a', '7', 'é', '?', '好', '#'] },
    { name: 'two characters', limitMs: QUICK_MS, terms: ['ok', 'th', '#1', 'é ', 'kk'] },
    {
      name: 'words of common trigrams',
      limitMs: QUICK_MS,
      terms: ['it looks absolute to', 'the you today home', 'can order the', 'thanks for the invoice tomorrow'],
    },
    { name: 'names', limitMs: QUICK_MS, terms: ['garcia', 'smith', 'maria', ...names] },
    { name: 'phones, typed five ways', limitMs: QUICK_MS, terms: phones },
    { name: 'accents', limitMs: QUICK_MS, terms: ['jose', 'JOSÉ', 'café', 'cafe', 'NIÑO', 'manana', 'grüße'] },
    { name: 'Cyrillic', limitMs: QUICK_MS, terms: ['привет', 'СПАСИБО', 'заказ', 'поезд'] },
    { name: 'Arabic', limitMs: QUICK_MS, terms: ['شكرا', 'اليوم', 'صباح الخير'] },
    { name: 'CJK', limitMs: QUICK_MS, terms: ['明天', '谢谢', '订单', 'ありがとう', '会議', '감사합니다'] },
    { name: 'emoji', limitMs: QUICK_MS, terms: ['😂', '🔥', '👩‍💻', '🇧🇷'] },
    { name: '% _ \\', limitMs: QUICK_MS, terms: ['%', '_', '\\', '100%', '50% off', '_v1.pdf', 'C:\\Users'] },
    { name: 'rare, no trigram serves', limitMs: SLOW_MS, terms: ['qz', 'жщ', '龘靐', '🪬', '~~', '¿¡', '§'] },
    {
      name: 'clumped in few contacts',
      limitMs: SLOW_MS,
      terms: [ADDED_TEXTS.few, 'boiler pressure', 'reading 77: boiler'],
    },
    {
      name: 'only in one contact of very many messages',
      limitMs: SLOW_MS,
      terms: [ADDED_TEXTS.clump, 'disk /dev', 'sdb1', 'is 91% full'],
    },
    { name: 'only in old messages', limitMs: QUICK_MS, terms: [ADDED_TEXTS.old, 'lanterns for', 'parchment'] },
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
