import { expect, test } from '@jest/globals';
import { readPlace, writePlace } from './place-query.ts';

test('an address says all of what is shown', () => {
  const query =
    '?view=messages&search=caf%C3%A9+%26+%3F&contact=4&message=9&direction=inbound&of=4&from=2026-01-01T00%3A00%3A00.000Z';
  const place = readPlace(query);
  expect(place).toEqual({
    view: 'messages',
    search: 'café & ?',
    contactId: 4,
    messageId: 9,
    direction: 'inbound',
    ofContactId: 4,
    from: '2026-01-01T00:00:00.000Z',
    to: null,
  });
  expect(writePlace(place)).toBe(query);
  expect(writePlace(readPlace(''))).toBe('');
});

test.each([
  '?view=nowhere',
  '?contact=-1',
  '?contact=1e3x',
  '?message=9007199254740993',
  '?direction=up',
  '?from=soon',
])('what is not understood in %s is left out', (query) => {
  expect(readPlace(query)).toEqual(readPlace(''));
});
