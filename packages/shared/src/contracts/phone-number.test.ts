import { expect, test } from '@jest/globals';
import { phoneNumber } from './phone-number.ts';

test.each([
  '(+44) 20 7946 0958',
  '+1 555 0100 / +1 555 0101',
  '555 0100 ext. 12, #3*4;5',
  '+1\u00a0555\u202f0100',
  '555\u20110100\u20130101\u22120102',
  '٠٢٠ ٧٩٤٦',
  'доб. 12',
  '1'.repeat(50),
])('%s is stored as sent', (number) => {
  expect(phoneNumber.parse(number)).toBe(number);
});

test.each(['\u202d+1 555 0100\u202c', '\u200e+1 555 0100\u200f', '\u2066+1 555\u061c 0100\u2069', '\ufeff+1 555 0100'])(
  'marks of direction are dropped: %j',
  (number) => {
    expect(phoneNumber.parse(number)).toBe('+1 555 0100');
  },
);

test('fifty characters are counted without what is dropped', () => {
  expect(phoneNumber.parse(`\u202d${'1'.repeat(50)}\u202c`)).toBe('1'.repeat(50));
});

test.each(['', 'none', '\u200e', '1'.repeat(51), '555 0100 👍', '555_0100', 'a@b1', '1\0'])(
  '%j is refused',
  (number) => {
    expect(phoneNumber.safeParse(number).success).toBe(false);
  },
);
