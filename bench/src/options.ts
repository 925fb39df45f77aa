import { parseArgs } from 'node:util';

/** What to measure, and on how much data. */
export interface BenchOptions {
  /** Names of benchmarks; empty for all. */
  names: string[];
  contacts: number;
  messages: number;
  /** Number of rounds. The figures are medians over the rounds. */
  rounds: number;
  roundSeconds: number;
  /** Fewer and shorter rounds, to test that the benchmark works. */
  isQuick: boolean;
  /** Includes the sizes that take long to load. */
  isLarge: boolean;
}

/** The data set for which the targets are defined. */
export const STANDARD = { contacts: 100_000, messages: 5_000_000 };

export const HELP = `Measures the system beside the usual design and the floor below which nothing can go.

Usage: npm run bench -- [names] [options]

  names          which benchmarks (default: all but growth)
  --quick        few short rounds
  --contacts N   size of the data set (default 100,000)
  --messages N   (default 5,000,000)
  --large        growth: also 20,000,000 messages
`;

/** Parses the command line. @throws Error with the problem */
export function parseBenchOptions(args: string[], known: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: args.filter((argument) => argument !== '--'),
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      contacts: { type: 'string', default: String(STANDARD.contacts) },
      messages: { type: 'string', default: String(STANDARD.messages) },
    },
  });
  if (values.help) return 'help';
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return {
    names: positionals,
    contacts: toCount('contacts', values.contacts),
    messages: toCount('messages', values.messages),
    rounds: values.quick ? 2 : 5,
    roundSeconds: values.quick ? 1 : 3,
    isQuick: values.quick,
    isLarge: values.large,
  };
}

function toCount(name: string, text: string): number {
  const count = Number(text.replaceAll(/[_,]/g, ''));
  if (Number.isSafeInteger(count) && count >= 100) return count;
  throw new Error(`--${name} must be a whole number of at least 100`);
}
