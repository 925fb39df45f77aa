import { expect, test } from '@jest/globals';
import { createPool } from '@messaging/db';
import { createTestLogger } from '@messaging/shared/testing';
import { startHttpServer } from '../src/health/http-server.ts';

test('a bug in a handler is answered as a problem that says nothing of the inside, and logged', async () => {
  const { logger, logLines } = createTestLogger('worker');
  const nowhere = { connectionString: 'postgresql://127.0.0.1:1/none', poolSize: 1, statementTimeoutMs: 1_000 };
  const pool = createPool(nowhere, logger, 'test');
  const scrape = () => Promise.reject(new Error('inside'));
  const server = await startHttpServer(
    { host: '127.0.0.1', port: 0 },
    { probes: pool, closing: false },
    { scrape } as never,
    logger,
  );
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const text = await response.text();
  await server.close();
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.parse(text)).toMatchObject({ code: 'internal_error' });
  expect(text).not.toContain('inside');
  expect(logLines.join()).toContain('inside');
});
