import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '@messaging/api/testing';
import { seedDatabase, silentProgress } from '@messaging/db/seed';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';

const README = new URL('../README.md', import.meta.url);
const DEMO = { contacts: 2_000, messages: 100_000, seed: 1, reset: false };

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedDatabase(database.connectionString, DEMO, silentProgress);
  api = await startTestApi(database.connectionString);
}, 120_000);

afterAll(async () => {
  await api?.close();
  await database?.close();
});

/** Each curl command of the README with the answer that stands below it. */
const examples = [...readFileSync(README, 'utf8').matchAll(/```sh\n(curl .*)\n```\n```json\n([\s\S]*?)\n```/g)].map(
  ([, command = '', answer = '']) => ({ command, answer }),
);

/** The parts of a command line as a shell sees them; our examples quote with single quotes only. */
const words = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

async function run(command: string): Promise<unknown> {
  const args = words(command);
  const valuesOf = (flag: string) => args.flatMap((arg, at) => (arg === flag ? [args[at + 1] ?? ''] : []));
  const url = String(args.find((arg) => arg.startsWith('http'))).replace('http://localhost:3000', api.url);
  const headers = valuesOf('-H').map((header) => header.split(': ') as [string, string]);
  const [method = 'GET'] = valuesOf('-X');
  const [body = null] = [...valuesOf('-d'), ...valuesOf('--data-binary')];
  return (await fetch(url, { method, headers, body })).json();
}

/** What is written now has the time of now. */
const withoutTimesOfNow = (answer: unknown) =>
  JSON.stringify(answer, null, 2).replace(/"20(2[6-9]|[3-9]\d)-[^"]*Z"/g, '"now"');

test('has examples', () => expect(examples.length).toBeGreaterThan(8));

test.each(examples)('$command', async ({ command, answer }) => {
  expect(withoutTimesOfNow(await run(command))).toBe(withoutTimesOfNow(JSON.parse(answer)));
});
