import { describe, expect, test } from '@jest/globals';
import { parseSeedCommand } from './options.ts';

describe('parseSeedCommand', () => {
  test('has defaults for everything', () => {
    const options = { contacts: 100_000, messages: 5_000_000, seed: 1, reset: false };
    expect(parseSeedCommand([])).toEqual({ kind: 'seed', options });
  });

  test.each([
    [['--contacts', '10', '--messages', '20', '--seed', '3', '--reset']],
    [['--', '--contacts=10', '--messages=20', '--seed=3', '--reset']],
    [['--reset', '--seed', '3', '--messages', '00020', '--contacts', '10']],
  ])('reads %j', (args) => {
    expect(parseSeedCommand(args)).toEqual({
      kind: 'seed',
      options: { contacts: 10, messages: 20, seed: 3, reset: true },
    });
  });

  test('reads grouped digits', () => {
    const command = parseSeedCommand(['--contacts', '1_000', '--messages', '5,000,000']);
    expect(command).toMatchObject({ options: { contacts: 1_000, messages: 5_000_000 } });
  });

  test('gives help', () => {
    expect(parseSeedCommand(['--help'])).toEqual({ kind: 'help' });
  });

  test('names every problem at once', () => {
    const args = ['--contact', '5', '--messages', 'many', '--seed=-1', '--contacts', '200000000', '--reset=yes', '-x'];
    expect(parseSeedCommand(args)).toEqual({
      kind: 'problems',
      problems: [
        '--contact is not an option; see --help',
        '"5" is not an option; see --help',
        '--messages must be a whole number, such as --messages 1000',
        '--seed must be a whole number, such as --seed 1000',
        '--contacts must be at most 100000000',
        '--reset takes no value',
        '-x is not an option; see --help',
      ],
    });
  });

  test.each([['1.5'], ['1e3'], [''], ['1,00'], ['99999999999999999999']])('refuses %j messages', (value) => {
    expect(parseSeedCommand(['--messages', value]).kind).toBe('problems');
  });
});
