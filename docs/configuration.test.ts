import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { apiEnv } from '@messaging/api';
import { workerEnv } from '@messaging/worker';
import type { z } from 'zod';

const PAGE = new URL('configuration.md', import.meta.url);
const SCHEMAS: Record<string, z.ZodObject> = { API: apiEnv, worker: workerEnv };

/** The table as it should stand in the page: print it with `npx jest docs` when this fails. */
function settingsTable(): string {
  const names = [...new Set(Object.values(SCHEMAS).flatMap(({ shape }) => Object.keys(shape)))].sort();
  const rows = names.map((name) => {
    const readers = Object.entries(SCHEMAS).filter(([, { shape }]) => name in shape);
    const schema = readers[0]?.[1].shape[name] as z.ZodType;
    return `| \`${name}\` | ${defaultOf(schema)} | ${readers.map(([reader]) => reader).join(', ')} | ${schema.description} |`;
  });
  return ['| Variable | Default | Read by | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function defaultOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  return result.success && result.data !== undefined && result.data !== '' ? `\`${result.data}\`` : '';
}

test('the page lists every variable with its default and meaning', () => {
  expect(readFileSync(PAGE, 'utf8')).toContain(settingsTable());
});

test('a variable that both processes read means the same in both', () => {
  for (const [name, schema] of Object.entries(apiEnv.shape)) {
    const other = (workerEnv.shape as Record<string, z.ZodType>)[name];
    if (other) expect([other.description, defaultOf(other)]).toEqual([schema.description, defaultOf(schema)]);
  }
});
