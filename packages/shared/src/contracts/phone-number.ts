import { hasAtMost, storableText } from './text.ts';

/** Invisible characters in a number: direction marks, which address books put around numbers, and similar ones. */
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Digits and letters of any script, spaces and dashes of any kind. */
const ALLOWED = /^[\p{Nd}\p{L}\p{M}\s\p{Pd}\u2212+().,/#*;]+$/u;

/** A phone number in a request, stored as sent except for invisible characters. */
export const phoneNumber = storableText
  .overwrite(withoutInvisible)
  .refine((value) => /\p{Nd}/u.test(value), 'must contain a digit')
  .refine((value) => ALLOWED.test(value), 'may contain digits, letters, spaces and + - ( ) . , / # * ;')
  .refine((value) => hasAtMost(value, 50), 'must be at most 50 characters')
  .meta({
    description:
      'Digits, letters, spaces and `+ - ( ) . , / # * ;` in any order, with at least one digit; spaces and dashes of any kind. Stored as sent, without marks of direction',
    minLength: 1,
    maxLength: 50,
  });

/** The number without invisible characters. */
export function withoutInvisible(value: string): string {
  return value.replace(INVISIBLE, '');
}
