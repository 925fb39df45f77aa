import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countFields, readJsonObject } from './read-json.ts';

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
const long = (values: number) => Buffer.from(`[${'1,'.repeat(values - 1)}1]`);

test('reads any JSON object of a usual size', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 20 })), (object) => {
      const text = JSON.stringify(object);
      expect(readJsonObject(Buffer.from(text))).toEqual({ value: JSON.parse(text) });
    }),
    { seed: 1 },
  );
});

test('refuses what nests too deep or has too many values', () => {
  expect([countFields(nested(100)), countFields(nested(101))]).toEqual([0, undefined]);
  expect([countFields(long(10_001)), countFields(long(10_002))]).toEqual([0, undefined]);
  expect(readJsonObject(Buffer.from('{"a":'.repeat(101)))).toEqual({ problem: expect.stringMatching(/^nests more/) });
});

test('does not count what stands in strings, whatever is escaped there', () => {
  const text = `${'[{,:"\\'.repeat(20_000)}`;
  expect(countFields(Buffer.from(JSON.stringify({ content: text, [text]: text })))).toBe(2);
  expect(countFields(Buffer.from(`{"a":"\\\\","b":${nested(100)}}`))).toBeUndefined(); // the string ends after two backslashes
});

test('comes to an end where a string does not', () => {
  expect(countFields(Buffer.from(`"${'['.repeat(1_000)}`))).toBe(0);
});

test.each([
  ['{"a":1,"a":1}', 'has a field twice'],
  ['{"a":1,"\\u0061":2}', 'has a field twice'],
  ['{"__proto__":1,"__proto__":2}', 'has a field twice'],
  ['[]', 'is not a JSON object'],
  ['{"a":', 'is not JSON'],
  ['', 'is not JSON'],
])('%s %s', (text, problem) => {
  expect(readJsonObject(Buffer.from(text))).toEqual({ problem });
});

test('refuses bytes that are not UTF-8, and passes over a byte order mark', () => {
  expect(readJsonObject(Buffer.from('{"a":"\xff"}', 'latin1'))).toEqual({ problem: 'is not UTF-8' });
  expect(readJsonObject(Buffer.from('{"a":1}', 'utf16le'))).toEqual({ problem: 'is not JSON' });
  expect(readJsonObject(Buffer.from('\ufeff{"a":{"a":"é"}}'))).toEqual({ value: { a: { a: 'é' } } });
});
