import { expect, test } from '@jest/globals';
import { timeUntilRefreshMs } from './refresh-policy.ts';

const policy = { quietMs: 250, maxWaitMs: 5_000, restFactor: 3 };
const pending = { changes: 1, quietForMs: 0, lastRefreshEndedAgoMs: null, lastRefreshDurationMs: null };

test('a lone change waits for the quiet period', () => {
  expect(timeUntilRefreshMs({ ...pending, quietForMs: 100 }, 100, policy)).toBe(150);
  expect(timeUntilRefreshMs({ ...pending, quietForMs: 250 }, 250, policy)).toBe(0);
});

test('a stream of changes waits no longer than the maximum', () => {
  expect(timeUntilRefreshMs(pending, 4_900, policy)).toBe(100);
  expect(timeUntilRefreshMs(pending, 5_000, policy)).toBe(0);
});

test('a refresh is followed by a rest in proportion to its duration', () => {
  const rested = { ...pending, quietForMs: 9_000, lastRefreshDurationMs: 2_000, lastRefreshEndedAgoMs: 1_000 };
  expect(timeUntilRefreshMs(rested, 9_000, policy)).toBe(5_000);
  expect(timeUntilRefreshMs({ ...rested, lastRefreshEndedAgoMs: 6_000 }, 9_000, policy)).toBe(0);
});
