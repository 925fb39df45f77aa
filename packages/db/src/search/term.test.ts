import { expect, test } from '@jest/globals';
import { toSearchTerm } from './term.ts';

test.each([
  ['+1 555 0100', '15550100'],
  ['+1\u00a0555\u202f0100', '15550100'],
  ['\u202d+1 555 0100\u202c', '15550100'],
  ['555\u20110100\u20130101\u22120102', '555010001010102'],
  ['(+44) 20/7946.0958', '442079460958'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['१२३', '123'],
  ['１２３', '123'],
  ['𝟗𝟘𝟙', '901'],
  ['12', null],
  ['555 ext 1', null],
])('%j is a phone number with the digits %s', (term, digits) => {
  expect(toSearchTerm(term).digits).toBe(digits);
});

test.each(['\u0301', '\u0301\u0300', '\u0301 \u0300'])('a term of nothing but marks is refused: %j', (term) => {
  expect(() => toSearchTerm(term)).toThrow(/^searchValue: must have a character/);
});
