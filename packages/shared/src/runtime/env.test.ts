import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { databaseEnv, loggingEnv, redisEnv, toDatabaseConfig } from './common-env.ts';
import { ConfigError, integer, loadConfig, port } from './env.ts';

test('reports every problem by variable name and never a value', () => {
  const schema = z.object({ ...databaseEnv, ...loggingEnv, ...redisEnv, PORT: port() });
  const load = () =>
    loadConfig(schema, {
      PORT: 'secret1',
      DB_PORT: '70000',
      LOG_LEVEL: 'secret2',
      REDIS_URL: 'secret3',
      DATABASE_URL: 'http://secret4',
    });
  expect(load).toThrow(ConfigError);
  try {
    load();
  } catch (error) {
    const { problems, message } = error as ConfigError;
    expect(problems).toEqual([
      'DATABASE_URL: must be a URL that begins with postgres:// or postgresql://',
      'DB_PORT: must be at most 65535',
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent',
      'REDIS_URL: must be a URL that begins with redis:// or rediss://',
      'PORT: must be a whole number',
    ]);
    expect(message).not.toContain('secret');
  }
});

test('takes an empty variable as unset, and freezes the result', () => {
  const config = loadConfig(z.object({ SIZE: integer(1, 9).default(3) }), { SIZE: '' });
  expect(config).toEqual({ SIZE: 3 });
  expect(Object.isFrozen(config)).toBe(true);
});

test('freezes what the result holds, too', () => {
  const schema = z.object({ SIZE: integer(1, 9) }).transform(({ SIZE }) => ({ pool: { sizes: [SIZE] } }));
  const config = loadConfig(schema, { SIZE: '3' });
  expect(() => config.pool.sizes.push(4)).toThrow(TypeError);
  expect(() => Object.assign(config.pool, { sizes: [] })).toThrow(TypeError);
});

test('builds a connection string from parts, with every character escaped', () => {
  const env = loadConfig(z.object(databaseEnv), {
    DB_HOST: '::1',
    DB_USER: 'a@b',
    DB_PASSWORD: 'p/w:#',
    DB_NAME: 'my db',
  });
  expect(toDatabaseConfig(env).connectionString).toBe('postgresql://a%40b:p%2Fw%3A%23@[::1]:5432/my%20db');
});

test('takes a folder as the host for a Unix socket', () => {
  const env = loadConfig(z.object(databaseEnv), { DB_HOST: '/run/postgresql', DB_USER: 'me' });
  expect(toDatabaseConfig(env).connectionString).toBe('postgresql://me@/messaging?host=%2Frun%2Fpostgresql&port=5432');
});

test('prefers DATABASE_URL', () => {
  const env = loadConfig(z.object(databaseEnv), { DATABASE_URL: 'postgres://x/y', DB_HOST: 'z' });
  expect(toDatabaseConfig(env).connectionString).toBe('postgres://x/y');
});
