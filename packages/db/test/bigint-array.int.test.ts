import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bigintArray } from '../src/connection/bigint-array.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

test.each([[[]], [[0]], [[1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER, 7]]])(
  '%j arrives as it is',
  async (numbers: number[]) => {
    const { rows } = await fixture.pool.query(
      'select $1::bigint[]::text as text, cardinality($1) as length, $1 = array(select unnest($1)) as equal',
      [bigintArray(numbers)],
    );
    expect(rows).toEqual([{ text: `{${numbers.join(',')}}`, length: numbers.length, equal: true }]);
  },
);
