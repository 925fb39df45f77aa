import { expect, test } from '@jest/globals';
import { createLogger } from './logger.ts';
import { createReleaseStack, startOrRelease } from './release-stack.ts';

const logger = createLogger({ level: 'silent', pretty: false }, 'test');

test('releases in reverse order, once', async () => {
  const released: string[] = [];
  const stack = createReleaseStack(logger);
  expect(stack.push('a', 'A', (resource) => released.push(resource))).toBe('A');
  stack.push('b', 'B', async (resource) => void released.push(resource));
  await Promise.all([stack.run(), stack.run()]);
  expect(released).toEqual(['B', 'A']);
});

test('goes on past a failure and reports the first at the end', async () => {
  const released: string[] = [];
  const stack = createReleaseStack(logger);
  stack.push('a', 0, () => released.push('a'));
  stack.push('b', 0, () => Promise.reject(new Error('second')));
  stack.push('c', 0, () => {
    throw new Error('first');
  });
  await expect(stack.run()).rejects.toThrow('first');
  expect(released).toEqual(['a']);
});

test('a start that fails is told, also where releasing what it had fails too', async () => {
  const released: string[] = [];
  const start = startOrRelease(logger, async (release) => {
    release.push('a', 0, () => released.push('a'));
    release.push('b', 0, () => Promise.reject(new Error('of the release')));
    throw new Error('of the start');
  });
  await expect(start).rejects.toThrow('of the start');
  expect(released).toEqual(['a']);
});
