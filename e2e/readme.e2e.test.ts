import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '@messaging/api/testing';
import { seedDatabase, silentProgress } from '@messaging/db/seed';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { demoData, readmeExamples, runExample, withoutTimesOfNow } from './readme-examples.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedDatabase(database.connectionString, { ...demoData, reset: false }, silentProgress);
  api = await startTestApi(database.connectionString);
}, 120_000);

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test('has examples', () => expect(readmeExamples.length).toBeGreaterThan(8));

test.each(readmeExamples)('$command', async ({ command, answer }) => {
  expect(withoutTimesOfNow(await runExample(command, api.url))).toBe(withoutTimesOfNow(answer));
});
