import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { listenUntilLost } from './listener.ts';

test('a connection that is lost leaves no listener on the signal, however often it is tried again', async () => {
  const { signal } = new AbortController();
  const nowhere = { connectionString: 'postgresql://127.0.0.1:1/none', poolSize: 1, statementTimeoutMs: 1_000 };
  const listening = listenUntilLost(nowhere, { onConnected: () => {}, onChange: () => {} }, signal);
  await expect(listening).rejects.toThrow('ECONNREFUSED');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
