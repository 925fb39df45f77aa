import { expect, test } from '@jest/globals';
import { nearestName } from './nearest-name.ts';

const FIELDS = ['contactId', 'content', 'createdAt', 'clientMessageId', 'pageSize', 'page', 'searchValue'];

test.each([
  ['created_at', 'createdAt'],
  ['creatdAt', 'createdAt'],
  ['createAt', 'createdAt'],
  ['CONTACT-ID', 'contactId'],
  ['contact', 'contactId'],
  ['pagesize', 'pageSize'],
  ['pageSize[]', 'pageSize'],
  ['paeg', 'page'],
  ['search', 'searchValue'],
  ['serachValue', 'searchValue'],
  ['clientMessageIdentifier', 'clientMessageId'],
])('%s is taken for %s', (name, nearest) => {
  expect(nearestName(name, FIELDS)).toBe(nearest);
});

test.each(['', 'x', '__proto__', 'direction', 'limit', '名前', 'k'.repeat(100_000)])('%j is near to none', (name) => {
  expect(nearestName(name, FIELDS)).toBeUndefined();
});
