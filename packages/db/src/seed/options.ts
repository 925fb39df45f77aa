import { parseArgs } from 'node:util';
import type { SeedOptions } from './seed-database.ts';

/** The options of the command line. */
export type SeedCommand =
  | { kind: 'help' }
  | { kind: 'seed'; options: SeedOptions }
  | { kind: 'problems'; problems: string[] };

export const SEED_HELP = `Loads a data set of contacts and messages that looks like people's, the same for the same numbers.

Usage: npm run db:seed -- [options]

  --contacts N   how many contacts (default 100,000)
  --messages N   how many messages (default 5,000,000)
  --seed N       which data set of that size (default 1)
  --reset        replace what the database holds; without it, a database that holds data is left alone
  --help         this text

Where the database is comes from DATABASE_URL, or DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME.
`;

const NUMBERS = {
  contacts: { standard: 100_000, max: 100_000_000 },
  messages: { standard: 5_000_000, max: 2_000_000_000 },
  seed: { standard: 1, max: 4_294_967_295 },
} as const;

type NumberName = keyof typeof NUMBERS;

/** Parses the arguments. Returns all problems at once, one line each. */
export function parseSeedCommand(args: string[]): SeedCommand {
  // Some package managers pass on the `--` that separates their options from the command's.
  const given = args[0] === '--' ? args.slice(1) : args;
  const options: SeedOptions = {
    contacts: NUMBERS.contacts.standard,
    messages: NUMBERS.messages.standard,
    seed: 1,
    reset: false,
  };
  const problems: string[] = [];
  let needsHelp = false;
  for (const token of tokenize(given)) {
    if (token.kind === 'positional') problems.push(`"${token.value}" is not an option; see --help`);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (name === 'help' || name === 'reset') {
      if (value !== undefined) problems.push(`--${name} takes no value`);
      else if (name === 'help') needsHelp = true;
      else options.reset = true;
    } else if (isNumberName(name)) {
      const problem = readNumber(name, value, options);
      if (problem) problems.push(problem);
    } else problems.push(`${rawName} is not an option; see --help`);
  }
  if (problems.length > 0) return { kind: 'problems', problems };
  return needsHelp ? { kind: 'help' } : { kind: 'seed', options };
}

/** Not strict, because strict parsing stops at the first problem. */
function tokenize(args: string[]) {
  const number = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { contacts: number, messages: number, seed: number, reset: flag, help: { ...flag, short: 'h' } };
  return parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(NUMBERS, name);
}

/** Sets the option, or returns the problem with its value. Digits may be grouped: 5,000,000 or 5_000_000. */
function readNumber(name: NumberName, value: string | undefined, options: SeedOptions): string | undefined {
  if (!/^\d{1,3}([,_]?\d{3})*$|^\d+$/.test(value ?? ''))
    return `--${name} must be a whole number, such as --${name} 1000`;
  const number = Number(value?.replace(/[,_]/g, ''));
  const { max } = NUMBERS[name];
  if (number > max) return `--${name} must be at most ${max}`;
  options[name] = number;
  return undefined;
}
