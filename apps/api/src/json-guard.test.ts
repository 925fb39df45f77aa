import { expect, test } from '@jest/globals';
import { InvalidInputError, UnsupportedMediaTypeError } from '@messaging/shared';
import fc from 'fast-check';
import { guardJson, isSimple } from './json-guard.ts';

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
const long = (values: number) => Buffer.from(`[${'1,'.repeat(values - 1)}1]`);

test('takes any JSON of a usual size', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => isSimple(Buffer.from(JSON.stringify(value)))),
    { seed: 1 },
  );
});

test('refuses what nests too deep or has too many values', () => {
  expect([isSimple(nested(100)), isSimple(nested(101))]).toEqual([true, false]);
  expect([isSimple(long(10_001)), isSimple(long(10_002))]).toEqual([true, false]);
  expect(isSimple(Buffer.from('{"a":'.repeat(101)))).toBe(false);
});

test('does not count what stands in strings, whatever is escaped there', () => {
  const text = `${'[{,"\\'.repeat(20_000)}`;
  expect(isSimple(Buffer.from(JSON.stringify({ content: text, [text]: text })))).toBe(true);
  expect(isSimple(Buffer.from(`{"a":"\\\\","b":${nested(100)}}`))).toBe(false); // the string ends after two backslashes
});

test('comes to an end where a string does not', () => {
  expect(isSimple(Buffer.from(`"${'['.repeat(1_000)}`))).toBe(true);
});

test('refuses other encodings and bytes that are no UTF-8', () => {
  expect(() => guardJson(Buffer.from('{}', 'utf16le'), 'utf-16le')).toThrow(UnsupportedMediaTypeError);
  expect(() => guardJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(InvalidInputError);
  expect(() => guardJson(Buffer.from('{"a":"é"}'), 'UTF-8')).not.toThrow();
});
