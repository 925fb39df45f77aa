import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { printSchema } from '../src/schema/print-schema.ts';
import { createFixture, type Fixture } from './support.ts';

const SCHEMA = new URL('../schema.sql', import.meta.url);

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

// WRITE_SCHEMA=1 npm test -- packages/db/test/schema writes it.
test('schema.sql is what the migrations make', async () => {
  const schema = `-- What the migrations make, to read. Written by test/schema.int.test.ts.\n\n${await printSchema(fixture.pool)}`;
  // biome-ignore lint/style/noProcessEnv: whoever changes the schema asks for it
  if (process.env.WRITE_SCHEMA) await writeFile(SCHEMA, schema);
  expect(await readFile(SCHEMA, 'utf8')).toBe(schema);
});
