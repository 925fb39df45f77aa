import { expect, test } from '@jest/globals';
import { createTestLogger } from '../testing/test-logger.ts';
import { UnavailableError } from './errors.ts';
import { reasonOf } from './reason-of.ts';

const TEXT = 'hello "dear" Quibble\n    at Quibble (+1 700 900461:1:1)';
/** As node-postgres makes it. */
const fromPostgres = (code: string, message: string, more: object = {}) =>
  Object.assign(
    new Error(message),
    { severity: 'ERROR', code, detail: TEXT, where: TEXT, internalQuery: undefined },
    more,
  );

function parseJson(): unknown {
  try {
    return JSON.parse(TEXT);
  } catch (error) {
    return error;
  }
}

const failures: [string, unknown][] = [
  ['a value that PostgreSQL could not read', fromPostgres('22P02', `invalid input syntax for type integer: "${TEXT}"`)],
  [
    'a row that a check refused',
    fromPostgres('23514', 'new row violates', { constraint: 'broken', table: 'messages' }),
  ],
  ['what a trigger raised', fromPostgres('40001', `row ${TEXT}`, { routine: 'exec_stmt_raise' })],
  ['a statement that a function made of a value', fromPostgres('42601', `near ${TEXT}`, { internalQuery: TEXT })],
  ['JSON that cannot be parsed', parseJson()],
  ['a message that quotes', new TypeError(`cannot read "${TEXT}"`)],
  ['a message whose quote is cut off', new RangeError(`cannot read '${TEXT}`)],
  ['a cause', new Error('outer', { cause: new TypeError(`cannot read "${TEXT}"`) })],
  ['the error of each address', new AggregateError([fromPostgres('22P02', TEXT)])],
  ['own properties', Object.assign(new Error('refused'), { command: { args: [TEXT] }, body: TEXT, input: TEXT })],
  ['a string that was thrown', TEXT],
  ['an object that was thrown', { content: TEXT }],
];

test.each(failures)('logs nothing of %s, under whatever field', (_what, failure) => {
  const { logger, logLines } = createTestLogger('test');
  logger.error({ err: failure }, 'failed');
  logger.error({ err: failure });
  if (failure instanceof Error) {
    logger.error(failure);
    logger.error({ problem: failure }, 'failed');
  }
  logger.warn({ reason: reasonOf(failure) }, 'dependency lost');
  expect(logLines.length).toBeGreaterThanOrEqual(3);
  expect(logLines.join('')).not.toMatch(/hello|dear|Quibble|900461/);
});

test('logs what tells where an error comes from: its type, code, names of the schema, frames and causes', () => {
  const { logger, logLines } = createTestLogger('test');
  const cause = fromPostgres('23514', 'new row violates', { constraint: 'broken', table: 'messages' });
  logger.error({ err: new UnavailableError('Try again.', { cause }) }, 'failed');
  const { err } = JSON.parse(logLines.join(''));
  expect(err).toMatchObject({
    type: 'UnavailableError',
    code: 'unavailable',
    message: 'Try again.',
    cause: { code: '23514', message: 'PostgreSQL error 23514', constraint: 'broken', table: 'messages' },
  });
  expect(err.stack).toMatch(/^ {4}at .*logger\.test\.ts/);
});

test.each([
  [
    fromPostgres('57014', 'canceling statement due to statement timeout'),
    'canceling statement due to statement timeout',
  ],
  [fromPostgres('42P01', 'relation "contacts" does not exist'), 'relation "contacts" does not exist'],
  [
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { syscall: 'connect' }),
    'connect ECONNREFUSED 127.0.0.1:1',
  ],
  [new Error('cannot read "this", or that'), 'cannot read "…"'],
  [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
])('%s: says why, for people', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});
