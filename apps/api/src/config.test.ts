import { expect, test } from '@jest/globals';
import { type ConfigError, loadConfig } from '@messaging/shared';
import { apiConfig } from './config.ts';

const HASH = 'a'.repeat(64);
const KEYS = `app:${HASH}:read`;

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(apiConfig, env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

test.each([
  [{}],
  [{ HOST: '::1' }],
  [{ HOST: 'localhost' }],
  [{ HOST: '0.0.0.0', AUTH: 'off' }],
  [{ HOST: '0.0.0.0', API_KEYS: KEYS }],
  [{ TRUST_PROXY: '1' }],
  [{ TRUST_PROXY: 'loopback, 10.0.0.0/8, 2001:db8::/32, 192.0.2.7' }],
  [{ CORS_ORIGINS: 'https://app.example, http://localhost:5173' }],
])('takes %j', (env) => {
  expect(problemsOf(env)).toEqual([]);
});

test.each([
  [{ HOST: '0.0.0.0' }, 'HOST'],
  [{ HOST: '127.0.0.1.example' }, 'HOST'],
  [{ API_KEYS: KEYS, AUTH: 'off' }, 'AUTH'],
  [{ API_KEYS: 'a,b' }, 'API_KEYS'],
  [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
  [{ TRUST_PROXY: '0.0.0.0/0' }, 'TRUST_PROXY'],
  [{ TRUST_PROXY: '10.0.0.0/33' }, 'TRUST_PROXY'],
  [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
  [{ SHUTDOWN_DRAIN_MS: '15000' }, 'SHUTDOWN_DRAIN_MS'],
  [{ SHUTDOWN_DRAIN_MS: '3000', SHUTDOWN_TIMEOUT_MS: '3000' }, 'SHUTDOWN_DRAIN_MS'],
  [{ CORS_ORIGINS: 'https://app.example/' }, 'CORS_ORIGINS'],
  [{ CORS_ORIGINS: 'null' }, 'CORS_ORIGINS'],
])('refuses %j', (env, name) => {
  const problems = problemsOf(env);
  expect(problems[0]).toMatch(new RegExp(`^${name}: `));
});

test('says one line for each wrong key, and nothing of them', () => {
  const problems = problemsOf({ API_KEYS: `hidden1:hidden2:read,ok:${HASH}:hidden3` });
  expect(problems).toHaveLength(2);
  expect(problems.every((line) => line.startsWith('API_KEYS: entry '))).toBe(true);
  expect(problems.join()).not.toMatch(/hidden|aaaa/);
});

test('says in one line that the drain has to end before the whole stop does', () => {
  expect(problemsOf({ SHUTDOWN_DRAIN_MS: '15000' })).toEqual([
    'SHUTDOWN_DRAIN_MS: must be less than SHUTDOWN_TIMEOUT_MS, which includes it',
  ]);
});
