import { expect, test } from '@jest/globals';
import { timeUntilRefreshMs } from './refresh-policy.ts';

const policy = { quietMs: 250, maxWaitMs: 5_000, restFactor: 3, maxBackoffMs: 60_000 };
const pending = {
  changes: 1,
  quietForMs: 0,
  lastRefreshEndedAgoMs: null,
  lastRefreshDurationMs: null,
  consecutiveFailures: 0,
};

test('a lone change waits for the quiet period', () => {
  expect(timeUntilRefreshMs({ ...pending, quietForMs: 100 }, 100, policy)).toBe(150);
  expect(timeUntilRefreshMs({ ...pending, quietForMs: 250 }, 250, policy)).toBe(0);
});

test('a stream of changes waits no longer than the maximum', () => {
  expect(timeUntilRefreshMs(pending, 4_900, policy)).toBe(100);
  expect(timeUntilRefreshMs(pending, 5_000, policy)).toBe(0);
});

test('the maximum begins anew after a refresh', () => {
  const stream = { ...pending, lastRefreshDurationMs: 10, lastRefreshEndedAgoMs: 1_000 };
  expect(timeUntilRefreshMs({ ...stream, quietForMs: 50 }, 60_000, policy)).toBe(200);
  expect(timeUntilRefreshMs({ ...stream, quietForMs: 50 }, 60_000, { ...policy, maxWaitMs: 1_100 })).toBe(100);
});

test('a refresh is followed by a rest in proportion to its duration', () => {
  const rested = { ...pending, quietForMs: 9_000, lastRefreshDurationMs: 2_000, lastRefreshEndedAgoMs: 1_000 };
  expect(timeUntilRefreshMs(rested, 9_000, policy)).toBe(5_000);
  expect(timeUntilRefreshMs({ ...rested, lastRefreshEndedAgoMs: 6_000 }, 9_000, policy)).toBe(0);
});

test('two refreshes are a quiet period apart however short they are', () => {
  const quick = { ...pending, quietForMs: 9_000, lastRefreshDurationMs: 1, lastRefreshEndedAgoMs: 100 };
  expect(timeUntilRefreshMs(quick, 9_000, { ...policy, restFactor: 0 })).toBe(150);
});

test('failures are followed by a pause that doubles up to its limit, whatever they took', () => {
  const failed = { ...pending, quietForMs: 9_000, lastRefreshDurationMs: 600_000, lastRefreshEndedAgoMs: 0 };
  const pauses = [1, 2, 3, 7, 2_000].map((consecutiveFailures) =>
    timeUntilRefreshMs({ ...failed, consecutiveFailures }, 9_000, policy),
  );
  expect(pauses).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
});
