import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benches } from './benches.ts';
import { createRelease } from './context.ts';
import { runGrowth } from './growth.ts';
import { HELP, parseBenchOptions } from './options.ts';
import { runBenches } from './run.ts';

/** Has its own databases, so it is not one of the benchmarks that run together. */
const GROWTH = 'growth';

const root = fileURLToPath(new URL('../../', import.meta.url));
const places = { dataFolder: join(root, '.data', 'bench'), resultsFolder: join(root, 'bench', 'results') };
const say = (line: string) => void process.stdout.write(`${line}\n`);
const release = createRelease();

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave(130));
try {
  const options = parseBenchOptions(process.argv.slice(2), [...Object.keys(benches), GROWTH]);
  if (options === 'help') say(HELP);
  else if (options.names.includes(GROWTH)) await runGrowth(options, places, { release, say });
  else await runBenches(options, places, { release, say });
  await leave(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await leave(1);
}

/** Stops what was started, in reverse order. */
async function leave(exitCode: number): Promise<never> {
  await release.run().catch(() => {}); // failures have been logged
  process.exit(exitCode);
}
