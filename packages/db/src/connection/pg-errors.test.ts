import { expect, test } from '@jest/globals';
import { PayloadTooLargeError, UnavailableError } from '@messaging/shared';
import { isConnectionLost, translatePgError } from './pg-errors.ts';

const withCode = (code: string) => Object.assign(new Error('it failed'), { code });

test.each(['ECONNABORTED', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'])(
  'a network that is down (%s) is a database that is unavailable',
  (code) => {
    expect(translatePgError(withCode(code))).toBeInstanceOf(UnavailableError);
    expect(isConnectionLost(withCode(code))).toBe(true);
  },
);

test('data beyond a limit of PostgreSQL is too large, and no bug', () => {
  const cause = withCode('54000');
  const translated = translatePgError(cause);
  expect(translated).toBeInstanceOf(PayloadTooLargeError);
  expect(translated).toMatchObject({ cause });
});
