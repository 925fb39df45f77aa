import { expect, test } from '@jest/globals';
import { loadLocalSettings } from './settings.ts';

test('uses the embedded database unless one is named', () => {
  expect(loadLocalSettings({}).connectionString).toBeUndefined();
  expect(loadLocalSettings({ DB_HOST: '', DATABASE_URL: '', DB_NAME: 'x' }).connectionString).toBeUndefined();
  expect(loadLocalSettings({ DB_HOST: 'db', DB_NAME: 'x' }).connectionString).toBe('postgresql://postgres@db:5432/x');
  expect(loadLocalSettings({ DATABASE_URL: 'postgresql://db/x' }).connectionString).toBe('postgresql://db/x');
});

test('insists on a worker port only when it was chosen', () => {
  expect(loadLocalSettings({}).workerPort).toEqual({ number: 3001, chosen: false });
  expect(loadLocalSettings({ WORKER_PORT: '3001' }).workerPort).toEqual({ number: 3001, chosen: true });
});

test('lists every problem by its variable', () => {
  expect(() => loadLocalSettings({ PORT: 'web', WORKER_PORT: '70000' })).toThrow(
    'The settings are not usable:\n  PORT: must be a whole number\n  WORKER_PORT: must be at most 65535',
  );
});
