import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { acquireLock, InUseError } from './lock.ts';
import { localSettings } from './postgres-settings.ts';
import { readConnectionString } from './postgres-state.ts';
import type { LocalSettings } from './settings.ts';

interface TaskOptions {
  /** A command line of the database package (`migrate`, `seed`, `view`, `check`, `import`, `adopt`, `roles`, `partition`), or the worker's `queue`. */
  task: string;
  args: string[];
  dataDir: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}

/**
 * Runs a command line of the database package and returns its exit code. Without a database of the user's own it works
 * on the embedded one: the one that is running in `dataDir`, else one that is started for the time being.
 */
export async function runDatabaseTask(settings: LocalSettings, options: TaskOptions): Promise<number> {
  const { dataDir, env, say } = options;
  if (settings.connectionString) return runTask(options);
  try {
    const lock = await acquireLock(dataDir, `npm run db:${options.task}`);
    try {
      const postgres = await startEmbeddedPostgres({ dataDir, settings: localSettings(), say });
      try {
        return await runTask({ ...options, env: { ...env, DATABASE_URL: postgres.connectionString } });
      } finally {
        await postgres.close();
      }
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof InUseError)) throw error;
    return runTask({ ...options, env: { ...env, DATABASE_URL: await readConnectionString(dataDir) } });
  }
}

async function runTask({ task, args, env }: TaskOptions): Promise<number> {
  const owner = task === 'queue' ? import.meta.resolve('@messaging/worker') : import.meta.resolve('@messaging/db');
  const entry = new URL(`bin/${task}.js`, owner);
  const child = spawn(process.execPath, [fileURLToPath(entry), ...args], { env, stdio: 'inherit' });
  // The task decides how it ends; until it has, the database must be there.
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}
