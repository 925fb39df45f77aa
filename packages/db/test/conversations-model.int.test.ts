import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partitionMessages } from '../src/partitions.ts';
import { findAmongCandidates, findRarestNgram } from '../src/search/candidates.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { listMatching, type MessageSource, signaturesServe } from '../src/search/matching-contacts.ts';
import { toSearchTerm } from '../src/search/term.ts';
import { findByTrigrams } from '../src/search/trigrams.ts';
import { walkConversations } from '../src/search/walk.ts';
import { createModel, type Model } from './conversations-model.ts';
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
const which = fc.nat({ max: 20 });

const operation = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant('create-contact' as const), name, phoneNumber }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('send-message' as const), which, content: text, createdAt }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rename-contact' as const), which, name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('edit-message' as const), which, content: text }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('move-message' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete-message' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete-contact' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refresh' as const), prunes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('build-ngrams' as const) }) },
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
        async (history, terms, pageSize) => {
          const model = await createModel(fixture);
          for (const step of history) await model.apply(step);
          await expectList(fixture, model, pageSize);
          for (const wanted of terms) {
            await expectSearch(fixture, model, wanted.trim(), pageSize);
            await expectEveryWay(model, wanted.trim());
          }
        },
      ),
      { numRuns, endOnFailure: false },
    );
  },
  120_000,
);

/** The n-grams, the walk, the trigram index, the signatures, the segments and the messages, whatever would have been chosen. */
async function expectEveryWay(model: Model, wanted: string): Promise<void> {
  const term = toSearchTerm(wanted);
  const expected = model.search(wanted);
  const all = { after: null, offset: 0, wanted: 1_000 };
  const byTrigrams = term.trigrams.length > 0 ? await findByTrigrams(fixture.pool, term) : undefined;
  const sources: MessageSource[] = [{ kind: 'segments' }, { kind: 'messages' }];
  if (byTrigrams) sources.push({ kind: 'ids', contactIds: byTrigrams });
  if (await signaturesServe(fixture.pool, term)) sources.push({ kind: 'signatures' });
  for (const source of sources) {
    const { rows, total } = await listMatching(fixture.pool, term, source, all);
    expect([source.kind, rows.map(({ contactId }) => contactId)]).toEqual([source.kind, expected.map(([id]) => id)]);
    expect(total).toBe(expected.length);
  }
  const rarest = await findRarestNgram(fixture.pool, term);
  if (rarest) {
    const { ngram } = rarest;
    const found = await findAmongCandidates(fixture.pool, term, { ngram, after: null, depth: null, wanted: 1_000 });
    expect(found?.rows.map(({ contactId }) => contactId)).toEqual(expected.map(([id]) => id));
  }
  const walked = await walkConversations(fixture.pool, term, { after: null, depth: 1_000, wanted: 1_000 });
  expect(walked.map(({ contactId }) => contactId)).toEqual(expected.map(([id]) => id));
  for (const fromSegments of [true, false]) {
    const matches = await describeMatches(
      fixture.pool,
      term,
      expected.map(([id]) => id),
      { fromSegments },
    );
    const described = expected.map(([id]) => [id, matches.get(id)?.field, matches.get(id)?.messageId]);
    expect([fromSegments, described]).toEqual([fromSegments, expected]);
  }
}
