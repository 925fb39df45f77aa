import { expect, test } from '@jest/globals';
import type { LastRefresh, RefreshStatus } from '@messaging/db';
import { timeUntilRefreshMs } from './refresh-policy.ts';

const policy = { quietMs: 250, maxWaitMs: 5_000, restFactor: 3, restMaxMs: 30_000, maxBackoffMs: 60_000 };
const pending: RefreshStatus = {
  pendingChanges: 1,
  quietForMs: 0,
  viewAgeSeconds: null,
  consecutiveFailures: 0,
  lastRefresh: null,
};
/** Changes that have been quiet for long, after such a refresh. */
const after = (last: Partial<LastRefresh>): RefreshStatus => ({
  ...pending,
  quietForMs: 9_000,
  lastRefresh: {
    ...{ finishedAt: '2026-01-31T09:30:00.000000Z', outcome: 'refreshed', error: null },
    ...{ endedAgoMs: 0, durationMs: 0, workedMs: null, ...last },
  },
});

test('a lone change waits for the quiet period', () => {
  expect(timeUntilRefreshMs({ ...pending, quietForMs: 100 }, 100, policy)).toBe(150);
  expect(timeUntilRefreshMs({ ...pending, quietForMs: 250 }, 250, policy)).toBe(0);
});

test('a stream of changes waits no longer than the maximum', () => {
  expect(timeUntilRefreshMs(pending, 4_900, policy)).toBe(100);
  expect(timeUntilRefreshMs(pending, 5_000, policy)).toBe(0);
});

test('the maximum begins anew after a refresh', () => {
  const stream = { ...after({ workedMs: 10, endedAgoMs: 1_000 }), quietForMs: 50 };
  expect(timeUntilRefreshMs(stream, 60_000, policy)).toBe(200);
  expect(timeUntilRefreshMs(stream, 60_000, { ...policy, maxWaitMs: 1_100 })).toBe(100);
});

test('a refresh is followed by a rest in proportion to the time it worked, whatever it took', () => {
  const rested = { workedMs: 2_000, durationMs: 600_000 };
  expect(timeUntilRefreshMs(after({ ...rested, endedAgoMs: 1_000 }), 9_000, policy)).toBe(5_000);
  expect(timeUntilRefreshMs(after({ ...rested, endedAgoMs: 6_000 }), 9_000, policy)).toBe(0);
});

test('the rest has a ceiling, for a machine that slept in the middle of a refresh', () => {
  expect(timeUntilRefreshMs(after({ workedMs: 8 * 3_600_000 }), 9_000, policy)).toBe(30_000);
});

test('two refreshes are a quiet period apart however short they are', () => {
  const quick = after({ workedMs: 1, endedAgoMs: 100 });
  expect(timeUntilRefreshMs(quick, 9_000, { ...policy, restFactor: 0 })).toBe(150);
  expect(timeUntilRefreshMs(quick, 9_000, { ...policy, restMaxMs: 0 })).toBe(150);
});

test('failures are followed by a pause that doubles up to its limit, whatever they took', () => {
  const failed = after({ workedMs: 600_000 });
  const pauses = [1, 2, 3, 7, 2_000].map((consecutiveFailures) =>
    timeUntilRefreshMs({ ...failed, consecutiveFailures }, 9_000, policy),
  );
  expect(pauses).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
});

test.each([{ consecutiveFailures: 0 }, { consecutiveFailures: 7 }])(
  'no pause follows a refresh of which nobody knows when it ended (%p)',
  (failures) => {
    const status = { ...after({ endedAgoMs: null, workedMs: 600_000 }), ...failures };
    expect(timeUntilRefreshMs(status, 0, policy)).toBe(0);
    expect(timeUntilRefreshMs({ ...status, quietForMs: 100 }, 0, policy)).toBe(150);
  },
);
