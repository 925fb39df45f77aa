import { expect, test } from '@jest/globals';
import { createTestLogger } from '../testing/test-logger.ts';
import { createOutageLog } from './outage-log.ts';

test('tells an outage when it begins and when it is over, and not each failure', () => {
  const { logger, logLines } = createTestLogger('test');
  const outage = createOutageLog(logger, 'redis');
  outage.worked();
  for (let i = 0; i < 3; i++) outage.failed(new Error('refused'));
  expect(outage.isOut()).toBe(true);
  outage.worked();
  outage.worked();
  outage.failed(new Error('refused again'));

  const lines = logLines.map((line) => JSON.parse(line)).filter(({ level }) => level !== 'debug');
  expect(lines).toMatchObject([
    { level: 'warn', msg: 'dependency lost', dependency: 'redis', reason: 'refused' },
    { level: 'info', msg: 'dependency is back', dependency: 'redis', failures: 3 },
    { level: 'warn', msg: 'dependency lost', reason: 'refused again' },
  ]);
});
