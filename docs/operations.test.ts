import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const page = read('docs/operations.md');
const [, section = ''] = page.split('\n## Log lines\n');
const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((row) => row.startsWith('| `'));
const lines = rows.flatMap((row) => quoted(row.split(' | ')[0] ?? ''));

const source = ['apps/api', 'apps/worker', 'packages/db', 'packages/shared']
  .flatMap((folder) =>
    readdirSync(new URL(`${folder}/src`, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|testing\//.test(file))
      .map((file) => read(`${folder}/src/${file}`)),
  )
  .join('\n');
/** The message is the last argument; a level is chosen where it is not always the same. */
const logged = [...source.matchAll(/logger(?:\.(\w+)|\[level\])\([^;]*?'([^']+)'\s*\)/g)].map(
  ([, level = 'chosen', message = '']) => ({ level, message }),
);

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words);
}

test('every line of the table is one that a process logs', () => {
  expect(lines.length).toBeGreaterThan(10);
  const messages = new Set(logged.map(({ message }) => message));
  expect(lines.filter((line) => !messages.has(line))).toEqual([]);
});

test('every line that is logged as a warning or worse is in the table', () => {
  const grave = logged.filter(({ level }) => ['warn', 'error', 'fatal', 'chosen'].includes(level));
  expect(grave.map(({ message }) => message).filter((message) => !lines.includes(message))).toEqual([]);
});

test('the table has every dependency that can be lost, and every task that can fail', () => {
  const namedIn = (pattern: RegExp) => [...source.matchAll(pattern)].map(([, name = '']) => name);
  const rowOf = (line: string) => quoted(rows.find((row) => row.includes(`\`${line}\``)) ?? '');
  const dependencies = namedIn(/createOutageLog\(logger, '([^']+)'\)/g);
  expect(dependencies).toContain('replica');
  expect(rowOf('dependency lost')).toEqual(expect.arrayContaining(dependencies));
  const tasks = namedIn(/return startRepeating\('([^']+)'/g);
  expect(tasks).toContain('sweep');
  expect(rowOf('task failed')).toEqual(expect.arrayContaining(tasks));
});

test('what the page quotes elsewhere as words is said somewhere in the code', () => {
  const isOfOthers = (words: string) => /^(npm|docker|kubectl|redis-cli|canceling) /.test(words); // programs, PostgreSQL
  const words = quoted(page.replace(/```[\s\S]*?```/g, '').replaceAll('\n', ' '))
    .filter((one) => /^[a-z]+(,? [a-z]+)+$/.test(one))
    .filter((one) => !isOfOthers(one));
  expect(words).toContain('uncaught error, closing');
  expect(words.filter((one) => !source.includes(`'${one}'`))).toEqual([]);
});
