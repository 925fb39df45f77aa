import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ContactRow, generateContacts, generateMessages, type MessageRow } from './generate.ts';

const size = { contacts: 600, messages: 30_000, seed: 1 };

let messages: MessageRow[];
beforeAll(() => {
  messages = [...generateMessages(size)];
});

describe('rows of generateMessages', () => {
  test('gives the same rows for the same numbers', () => {
    expect(JSON.stringify([...generateMessages(size)])).toBe(JSON.stringify(messages));
  });

  test('gives other rows for another seed', () => {
    const others = [...generateMessages({ ...size, seed: 2 })];
    const same = others.filter(({ content, contactId }, index) => {
      const message = messages[index];
      return message?.content === content && message.contactId === contactId;
    });
    expect(same.length).toBeLessThan(size.messages / 100);
  });

  test('numbers them from 1 in the order of time', () => {
    expect(messages.map(({ id }) => id)).toEqual(messages.map((_, index) => index + 1));
    const times = messages.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted());
  });

  test('spreads the times over the two years before 2026, with microseconds and a few ties', () => {
    const times = messages.map(({ createdAt }) => createdAt);
    expect(times.at(0)).toMatch(/^2024-01-01T/);
    expect(times.at(-1)).toMatch(/^2025-12-31T/);
    expect(new Set(times.map((time) => time.slice(-4))).size).toBe(1_000);
    const ties = size.messages - new Set(times).size;
    expect(ties).toBeGreaterThan(0);
    expect(ties).toBeLessThan(size.messages / 100);
  });

  test('gives 80 % of the messages to 20 % of the contacts, and none to 2 %', () => {
    const counts = countBy(messages.map(({ contactId }) => contactId));
    const busiest = [...counts.values()].sort((one, other) => other - one).slice(0, size.contacts / 5);
    const share = busiest.reduce((sum, count) => sum + count, 0) / size.messages;
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(0.85);
    expect(size.contacts - counts.size).toBeGreaterThan(size.contacts / 100);
    expect(size.contacts - counts.size).toBeLessThan(size.contacts / 20);
  });

  test('serves fewer messages than contacts, and none', () => {
    const few = [...generateMessages({ contacts: 1_000, messages: 3, seed: 1 })];
    expect(few.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect([...generateMessages({ contacts: 1, messages: 5, seed: 9 })].map(({ contactId }) => contactId)).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect([...generateMessages({ contacts: 0, messages: 0, seed: 1 })]).toEqual([]);
  });
});

describe('texts of generateMessages', () => {
  test('writes in many scripts, mostly English', () => {
    const scripts = ['Latin', 'Cyrillic', 'Arabic', 'Devanagari', 'Han', 'Hiragana', 'Hangul', 'Greek', 'Emoji'];
    const isIn = (script: string) =>
      new RegExp(script === 'Emoji' ? '\\p{Emoji_Presentation}' : `\\p{sc=${script}}`, 'u');
    for (const script of scripts) {
      const found = messages.filter(({ content }) => isIn(script).test(content));
      expect({ script, isPresent: found.length > 20 }).toEqual({ script, isPresent: true });
    }
    expect(messages.filter(({ content }) => /\b(the|to|you|I|a)\b/.test(content)).length).toBeGreaterThan(8_000);
  });

  test.each([
    ['order numbers', /#\d{6}\b/],
    ['links', /https:\/\//],
    ['accents', /[éüñç]/],
    ['per cent', /%/],
    ['underscores', /\w_\w/],
    ['backslashes', /\\/],
    ['tabs', /\t/],
    ['paragraphs', /\n\n/],
    ['the frequent word of benchmarks', /\btomorrow\b/],
  ])('contains %s', (_, pattern) => {
    expect(messages.some(({ content }) => pattern.test(content))).toBe(true);
  });

  test('writes from one character to paragraphs, never nothing and nothing that PostgreSQL refuses', () => {
    const lengths = messages.map(({ content }) => content.length);
    expect(Math.min(...lengths)).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeGreaterThan(1_000);
    const median = lengths.toSorted((one, other) => one - other)[size.messages / 2] ?? 0;
    expect(median).toBeGreaterThan(15);
    expect(median).toBeLessThan(60);
    expect(messages.every(({ content }) => content.isWellFormed() && !content.includes('\0'))).toBe(true);
  });

  test('uses words on a Zipf curve', () => {
    const words = messages.flatMap(({ content }) => content.toLowerCase().split(/\s+/));
    const counts = [...countBy(words).values()].sort((one, other) => other - one);
    expect(counts[0]).toBeGreaterThan(20 * (counts[100] ?? 0));
    expect(counts.length).toBeGreaterThan(8_000);
  });
});

describe('generateContacts', () => {
  const many = { contacts: 2_000, messages: 0, seed: 1 };
  let contacts: ContactRow[];
  beforeAll(() => {
    contacts = [...generateContacts(many)];
  });

  test('gives the same rows for the same numbers, others for another seed', () => {
    expect([...generateContacts(many)]).toEqual(contacts);
    expect([...generateContacts({ ...many, seed: 2 })]).not.toEqual(contacts);
  });

  test('numbers them from 1, older than every message', () => {
    expect(contacts.map(({ id }) => id)).toEqual(contacts.map((_, index) => index + 1));
    expect(contacts.every(({ createdAt, updatedAt }) => createdAt < '2024-01-01' && createdAt <= updatedAt)).toBe(true);
    expect(contacts.some(({ createdAt, updatedAt }) => createdAt < updatedAt)).toBe(true);
  });

  test('names people in many scripts', () => {
    for (const script of ['Latin', 'Cyrillic', 'Arabic', 'Devanagari', 'Han', 'Hangul', 'Greek']) {
      const named = contacts.filter(({ name }) => new RegExp(`\\p{sc=${script}}`, 'u').test(name));
      expect({ script, isPresent: named.length > 5 }).toEqual({ script, isPresent: true });
    }
    expect(contacts.some(({ name }) => /[áéíóúñç]/.test(name))).toBe(true);
  });

  test.each([[/^\+1 \(\d{3}\) \d{3}-\d{4}$/], [/^\+49 15\d \d{8}$/], [/^020 \d{4} \d{4}$/], [/^\d{11}$/]])(
    'has phone numbers like %s',
    (pattern) => {
      expect(contacts.some(({ phoneNumber }) => pattern.test(phoneNumber))).toBe(true);
    },
  );
});

function countBy<Key>(keys: Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
