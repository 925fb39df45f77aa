import { constants } from 'node:os';
import {
  createLogger,
  databaseEnv,
  loadConfig,
  loadEnvFile,
  loggingEnv,
  safeMessage,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';
import { createProgressDisplay, formatCount, formatDuration } from '../bulk-load/progress.ts';
import { SeedInterruptedError } from '../seed/errors.ts';
import { parseSeedCommand, SEED_HELP } from '../seed/options.ts';
import { type SeedOptions, type SeedSummary, seedDatabase } from '../seed/seed-database.ts';

const command = parseSeedCommand(process.argv.slice(2));
if (command.kind === 'help') process.stdout.write(SEED_HELP);
else if (command.kind === 'problems') fail(command.problems.join('\n'), 1);
else await seed(command.options);

async function seed(options: SeedOptions): Promise<void> {
  const interruption = createInterruption();
  const progress = createProgressDisplay(process.stdout);
  try {
    loadEnvFile();
    // biome-ignore lint/style/noProcessEnv: the edge of the process
    const env = loadConfig(z.object({ ...databaseEnv, ...loggingEnv }), process.env);
    // Standard output is for people here.
    const logger = createLogger({ ...toLoggingConfig(env), pretty: false }, 'seed', process.stderr);
    if (env.LOG_LEVEL === 'info') logger.level = 'warn';
    const summary = await seedDatabase(
      toDatabaseConfig(env).connectionString,
      options,
      progress,
      logger,
      interruption.signal,
    );
    progress.close();
    process.stdout.write(describe(summary));
  } catch (error) {
    progress.close();
    fail(describeError(error), error instanceof SeedInterruptedError ? interruption.exitCode() : 1);
  }
}

/** The first signal cancels the seed, which takes a moment to roll back. The second one exits at once. */
function createInterruption(): { signal: AbortSignal; exitCode: () => number } {
  const controller = new AbortController();
  let exitCode = 1;
  const interrupt = (name: 'SIGINT' | 'SIGTERM') => {
    exitCode = 128 + constants.signals[name];
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return { signal: controller.signal, exitCode: () => exitCode };
}

function describe({ contacts, messages, seed, durationMs }: SeedSummary): string {
  return `Loaded ${formatCount(contacts)} contacts and ${formatCount(messages)} messages (seed ${seed}) in ${formatDuration(durationMs)}.\n`;
}

/** Returns the error and its cause. A host with two addresses fails with one error for each. */
function describeError(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeError).join('; ');
  if (!(error instanceof Error)) return String(error);
  const isExplained = error instanceof SeedInterruptedError || !(error.cause instanceof Error);
  const reason = isExplained ? '' : safeMessage(error.cause as Error);
  return safeMessage(error, 'kept') + (reason && ` (${reason})`);
}

function fail(line: string, exitCode: number): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = exitCode;
}
