import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { findApiKey, hasScope, parseApiKeys, type Scope } from './api-keys.ts';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const HASH = sha256('key one');
const OTHER = sha256('key two');

function read(text: string): [string, string[]][] {
  const { keys, problems } = parseApiKeys(text);
  expect(problems).toEqual([]);
  return keys.map(({ name, scopes }) => [name, [...scopes]]);
}

test('reads several entries, with spaces around them and a comma at the end', () => {
  expect(read(` app:${HASH}:read+write , ops:${OTHER.toUpperCase()}:admin,`)).toEqual([
    ['app', ['read', 'write']],
    ['ops', ['admin']],
  ]);
});

test.each(['+', '|', '/', ';', ' ', ' + ', ':', ','])('takes %j between scopes', (separator) => {
  expect(read(`app:${HASH}:read${separator}write,ops:${OTHER}:admin`)).toEqual([
    ['app', ['read', 'write']],
    ['ops', ['admin']],
  ]);
});

test('names every problem by its entry and repeats nothing of the value', () => {
  const { problems } = parseApiKeys(`bad name:${HASH}:read,b:secret-in-clear:read,c:${OTHER}:owner,d,e:${HASH}:read`);
  expect(problems).toEqual([
    'entry 1: the name must be 1 to 64 letters, digits or any of . _ @ -',
    'entry 2: the hash must be the SHA-256 of the key as 64 hexadecimal digits',
    'entry 3: the scopes must be of read, write and admin, joined by +',
    'entry 4: has the hash of entry 1',
  ]);
});

test.each([' ', ',', ' , '])('refuses %j, which would mean that nobody needs a key', (text) => {
  expect(parseApiKeys(text).problems).toHaveLength(1);
});

test('finds the entry of a key, and only that', () => {
  const { keys } = parseApiKeys(`one:${HASH}:read,two:${OTHER}:write`);
  expect(findApiKey(keys, 'key one')?.name).toBe('one');
  expect(findApiKey(keys, 'key two')?.name).toBe('two');
  expect(['', 'key', 'key one ', HASH].map((key) => findApiKey(keys, key))).toEqual(Array(4).fill(undefined));
});

test.each<[Scope, Scope[]]>([
  ['read', ['read']],
  ['write', ['write']],
  ['admin', ['read', 'write', 'admin']],
])('%s is enough for %j', (scope, enoughFor) => {
  const scopes: Scope[] = ['read', 'write', 'admin'];
  expect(scopes.filter((needed) => hasScope({ scopes: new Set([scope]) }, needed))).toEqual(enoughFor);
});
