import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partitionMessages } from '../src/schema/partitions.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { findFiltered } from '../src/search/filtered.ts';
import { findRecent } from '../src/search/recent.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import { findCandidates } from '../src/search-index/find-candidates.ts';
import { createModel, type Model } from './conversations-model.ts';
import { expectMessages } from './expect-messages.ts';
import { expectList, expectSearch } from './expect-model.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

const fragment = fc.constantFrom(
  ...[
    'José',
    'jose',
    'JOSE\u0301',
    'Straße',
    'ß',
    '%',
    '_',
    '\\',
    '100%',
    'a_b',
    '\\d',
    '😀',
    '👍🏽',
    '日本',
    '本語',
    '語',
  ],
  ...[
    'Привет',
    'привет',
    'ёж',
    'ЕЖ',
    'ΟΔΟΣ',
    'οδος',
    'İst',
    'ist',
    'Łuk',
    'luk',
    'مرحبا',
    '안녕',
    ' ',
    ' ',
    '.',
    '42',
    '#7',
    'x',
    'ＡＢ',
    'ab',
    'שָׁלוֹם',
    'שלום',
    'مُحَمَّد',
    'محمد',
    'µg',
    'ſ',
    'so\u00adft',
    'soft',
  ],
);
const text = fc.array(fragment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const name = text.filter((value) => value.trim() !== '');
const phoneNumber = fc.constantFrom('+1 (555) 010-7788', '5550107788', '020 7946 0018', '+49.151.23456', '42-42');
/** Few enough that many are equal, one of them far ahead of the others. */
const createdAt = fc.constantFrom(
  '2020-01-01T00:00:00Z',
  '2020-01-01T00:00:00.000001Z',
  '2021-06-01T12:00:00Z',
  '2030-01-01T00:00:00Z',
);
function inMicroseconds(time: string): string {
  return time.replace(/(\.\d+)?Z$/, (_, fraction = '.') => `${fraction.padEnd(7, '0')}Z`);
}

const which = fc.nat({ max: 20 });
const direction = fc.constantFrom('inbound' as const, 'outbound' as const, null);
/** Any of them may be left out. */
const filters = fc.record(
  {
    contactId: fc.integer({ min: 1, max: 6 }),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    from: createdAt.map(inMicroseconds),
    to: createdAt.map(inMicroseconds),
  },
  { requiredKeys: [] },
);

const operation = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant('create-contact' as const), name, phoneNumber }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('send-message' as const), which, content: text, createdAt, direction }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rename-contact' as const), which, name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('edit-message' as const), which, content: text }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('move-message' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete-message' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete-contact' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refresh' as const), prunes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('index-segments' as const) }) },
);
const term = fc
  .oneof(text, fragment, fc.constantFrom('555', '5550107', '(555) 010', '79 46', '+', '010-77', '42', 'zz'))
  .filter((value) => value.trim() !== '');

test.each([
  ['one table', 60],
  ['partitions', 30],
])(
  'list, paging and search agree with a plain model after any history, messages in %s',
  async (kind, numRuns) => {
    if (kind === 'partitions') await partitionMessages(fixture.connectionString, 3);
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 5, maxLength: 40 }),
        fc.array(term, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        filters,
        async (history, terms, pageSize, wantedOnly) => {
          const model = await createModel(fixture);
          for (const step of history) await model.apply(step);
          const { from, to } = wantedOnly;
          await expectList(fixture, model, pageSize, {});
          await expectList(fixture, model, pageSize, { from, to });
          await expectMessages(fixture, model, wantedOnly, '', pageSize);
          for (const wanted of terms) {
            await expectSearch(fixture, model, wanted.trim(), pageSize);
            await expectEveryWay(model, wanted.trim());
            await expectMessages(fixture, model, wantedOnly, wanted.trim(), pageSize);
          }
        },
      ),
      { numRuns, endOnFailure: false },
    );
  },
  120_000,
);

/** Among the recent, with and without the candidates of the index, and all candidates, whatever would have been chosen. */
async function expectEveryWay(model: Model, wanted: string): Promise<void> {
  const db = fixture.readPool;
  const term = await loadSearchTerm(db, wanted);
  const expected = model.search(wanted);
  const ids = expected.map(([id]) => id);
  const candidates = await findCandidates(db, term.bits);
  for (const range of [
    { after: null, offset: 0, limit: 1_000 },
    { after: null, offset: 1, limit: 1 },
  ]) {
    const wantedIds = ids.slice(range.offset, range.offset + range.limit);
    const filtered = await findFiltered(db, term, range, candidates);
    expect(filtered).toMatchObject({ total: ids.length, totalIsExact: true });
    const looks = [{}, { candidates }, { candidates, contactsFirst: true }];
    const recent = await Promise.all(looks.map((look) => findRecent(db, term, range, { depth: 1_000, ...look })));
    for (const { rows } of [filtered, ...recent]) expect(rows.map(({ contactId }) => contactId)).toEqual(wantedIds);
  }
  for (const among of [undefined, candidates]) {
    const matches = await describeMatches(db, term, ids, among);
    expect(expected.map(([id]) => [id, matches.get(id)?.field, matches.get(id)?.messageId])).toEqual(expected);
  }
}
