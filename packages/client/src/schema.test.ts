import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { generateTypes } from '../generate.mjs';

test('the types are those of the API description (pnpm --filter @messaging/client generate)', async () => {
  expect(await readFile(new URL('./schema.ts', import.meta.url), 'utf8')).toBe(await generateTypes());
});
