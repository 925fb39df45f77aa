import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const list = (folder: string) => readdirSync(new URL(folder, ROOT));

/** .dependency-cruiser.mjs checks the imports. It does not see whether a file also contains code. */
test.each(list('packages').map((name) => `packages/${name}/src/index.ts`))('%s only re-exports', (path) => {
  const withoutComments = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const rest = withoutComments.replace(/export (type )?(\*|\{[^}]*\}) from '[^']+';/g, '');
  expect(rest.trim()).toBe('');
});

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'packages/client/README.md',
  ...pagesOf('docs/'),
  ...pagesOf('docs/decisions/'),
];

function pagesOf(folder: string): string[] {
  return list(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => folder + name);
}

test.each(pages)('the files that %s links to exist', (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target = '']) => target);
  const files = targets.filter((target) => !/^\w+:/.test(target));
  expect(files.filter((file) => !existsSync(new URL(file, new URL(page, ROOT))))).toEqual([]);
});
