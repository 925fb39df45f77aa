import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { foldText } from '../src/search/fold-text.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

// PostgreSQL and Node.js know different versions of Unicode: what is assigned in both must fold alike.
const ASSIGNED_HERE = /\p{Assigned}/u;

test('folds every character as the SQL function does', async () => {
  const { rows } = await fixture.pool.query<{ code: number; folded: string }>(`
    select code, fold_text(chr(code)) as folded
    from generate_series(1, 131071) as code
    where code not between 55296 and 57343 and unicode_assigned(chr(code))`);
  const different = rows.filter(({ code, folded }) => {
    const character = String.fromCodePoint(code);
    return ASSIGNED_HERE.test(character) && foldText(character) !== folded;
  });
  expect(different.map(({ code }) => code.toString(16))).toEqual([]);
});

test.each([
  'Jose\u0301 Ñandú',
  'ΟΔΟΣ ὁδός',
  'İstanbul ırmak',
  'Ёлка Йод',
  'क़लम',
  '각가 각',
  'がぎ',
  'أحمد',
  'a\u0323\u0301 ạ́',
  'x'.repeat(500),
])('folds %s as the SQL function does', async (text) => {
  const { rows } = await fixture.pool.query('select fold_text($1) as folded', [text]);
  expect(rows[0].folded).toBe(foldText(text));
});

test('cuts an excerpt that holds the match, also where folding changes the length before it', async () => {
  const content = `${'e\u0301क़ß '.repeat(2_000)}NEEDLE${' tail'.repeat(2_000)}`;
  const { rows } = await fixture.pool.query('select match_excerpt($1, $2) as excerpt', [content, 'needle']);
  expect(rows[0].excerpt).toContain('NEEDLE');
  expect(rows[0].excerpt.length).toBeLessThanOrEqual(1_000);
});
