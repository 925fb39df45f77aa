import { expect, test } from '@jest/globals';
import { toPostgresMajor } from './test-postgres.ts';

test.each([
  [undefined, '18'],
  ['17', '17'],
  ['18', '18'],
])('TEST_POSTGRES=%s runs the tests on PostgreSQL %s', (choice, major) => {
  expect(toPostgresMajor(choice)).toBe(major);
});

test.each(['16', '17.10', ' 17', 'latest'])('refuses TEST_POSTGRES="%s", and says what there is', (choice) => {
  expect(() => toPostgresMajor(choice)).toThrow(`TEST_POSTGRES is "${choice}"; it must be one of 17, 18`);
});
