import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseEnv, loadConfig, loadEnvFile, redisEnv, toDatabaseConfig } from '@messaging/shared';
import { z } from 'zod';
import { createRelease } from '../context.ts';
import { HELP, parseSoakOptions } from './options.ts';
import { runSoak } from './run.ts';
import { startSystem } from './system.ts';

const folder = join(fileURLToPath(new URL('../../../', import.meta.url)), '.data', 'soak');
const say = (line: string) => void process.stdout.write(`${line}\n`);
const release = createRelease();
const stop = new AbortController();
const { signal } = stop;
// Further signals mean the same: npm forwards the Ctrl-C that the terminal has already sent.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = parseSoakOptions(process.argv.slice(2));
    if (options === 'help') {
      say(HELP);
      return 0;
    }
    const system = await startSystem({ folder, ...readServers() }, { release, say, signal });
    say(`A mixed load for ${options.minutes} minutes. Ctrl-C stops it.`);
    const failures = await runSoak(system, { ...options, signal, say });
    if (signal.aborted) return leave('Stopped before the time was over.', 130);
    return leave(failures.length === 0 ? 'Passed.' : `Failed:\n  ${failures.join('\n  ')}`, failures.length && 1);
  } catch (error) {
    return leave(error instanceof Error ? error.message : String(error), signal.aborted ? 130 : 1);
  }
}

/** Stops everything in reverse order, before the verdict, so that the verdict is printed last. */
async function leave(verdict: string, exitCode: number): Promise<number> {
  const failed = await release.run().then(
    () => false,
    () => true, // it has been logged
  );
  say(verdict);
  return exitCode || Number(failed);
}

function readServers(): { connectionString: string | undefined; redisUrl: string | undefined } {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = process.env;
  const { REDIS_URL, ...database } = loadConfig(z.object({ ...databaseEnv, ...redisEnv }), env);
  const isExternal = Boolean(env.DATABASE_URL || env.DB_HOST);
  return {
    connectionString: isExternal ? toDatabaseConfig(database).connectionString : undefined,
    redisUrl: REDIS_URL,
  };
}
