import { expect, test } from '@jest/globals';
import { createHttpServer } from './http-server.ts';

const limits = { maxConnections: 10, headersTimeoutMs: 20_000, bodyTimeoutMs: 30_000, keepAliveTimeoutMs: 65_000 };

test.each([
  ['the defaults', 30_000, 30_000, 120_000],
  ['long statements', 30_000, 600_000, 1_200_000],
  ['long bodies', 3_600_000, 30_000, 7_200_000],
])('no request that the settings allow is cut off: %s', (_what, bodyTimeoutMs, longestStatementMs, atLeastMs) => {
  const { server } = createHttpServer({ ...limits, bodyTimeoutMs }, longestStatementMs, () => {});
  expect(server.timeout).toBeGreaterThanOrEqual(atLeastMs);
  expect(server.timeout).toBeLessThanOrEqual(atLeastMs + 60_000);
});
