import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadSearchTerm } from '../src/search/term.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

test.each([
  ['+1 555 0100', '15550100'],
  ['+1\u00a0555\u202f0100', '15550100'],
  ['\u202d+1 555 0100\u202c', '15550100'],
  ['555\u20110100\u20130101\u22120102', '555010001010102'],
  ['(+44) 20/7946.0958', '442079460958'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['१२३', '123'],
  ['１２３', '123'],
  ['𝟗𝟘𝟙', '901'],
  ['12', null],
  ['555 ext 1', null],
])('%j is a phone number with the digits %s', async (term, digits) => {
  expect((await loadSearchTerm(fixture.pool, term)).digits).toBe(digits);
});

test.each(['\u0301', '\u0301\u0300', '\u0301 \u0300', '\u200b', '\u00ad\u200e', '\u05b0', '\u064e'])(
  'a term of nothing but marks or invisible characters is refused: %j',
  async (term) => {
    await expect(loadSearchTerm(fixture.pool, term)).rejects.toThrow(/^searchValue: must have a character/);
  },
);

test('the bits of a term are those of its longest pieces, at most 32', async () => {
  expect((await loadSearchTerm(fixture.pool, 'q')).bits).toHaveLength(2);
  expect((await loadSearchTerm(fixture.pool, '§')).bits).toHaveLength(8);
  expect((await loadSearchTerm(fixture.pool, 'nowhere to be found')).bits).toHaveLength(32);
});
