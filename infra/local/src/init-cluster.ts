import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makePrivateFolder, type PostgresHome } from './postgres-home.ts';

const run = promisify(execFile);

/** Locales whose letters are those of Unicode, which extensions such as pg_trgm ask the database for. */
const LOCALES = process.platform === 'darwin' ? ['en_US.UTF-8'] : ['C.UTF-8', 'en_US.UTF-8'];

/** Free memory that a backend may keep. */
const KEPT_BYTES = '8388608';

/** The programs' environment: none of the user's settings, and messages in English. */
export const postgresEnv = {
  PATH: '/usr/bin:/bin',
  TZ: 'UTC',
  // On macOS a server that begins without a locale gets threads from the system, and gives up.
  LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C',
  // By default glibc gives memory above 128 KiB back to the kernel at the end of each statement, and the next one faults it in
  // again. A thread's page around a message took twice as long by that: 810 to 970 instead of 1,690 a second.
  MALLOC_TRIM_THRESHOLD_: KEPT_BYTES,
  MALLOC_MMAP_THRESHOLD_: KEPT_BYTES,
  MALLOC_TOP_PAD_: '524288',
};

/** True where a server has its data already. */
export function isInitialized({ clusterDir }: PostgresHome): boolean {
  return existsSync(join(clusterDir, 'PG_VERSION'));
}

/** Creates the data folder of a server: there completely, or not at all when this is interrupted. */
export async function initCluster(home: PostgresHome, password: string): Promise<void> {
  const draft = `${home.clusterDir}.new`;
  const passwordFile = join(dirname(home.clusterDir), 'postgres.pw');
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (home.account) await chown(passwordFile, home.account.uid, home.account.gid);
    await makePrivateFolder(draft, home.account);
    await initWithFirstLocale(home, draft, passwordFile);
    await rename(draft, home.clusterDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function initWithFirstLocale(home: PostgresHome, draft: string, passwordFile: string): Promise<void> {
  const failures: unknown[] = [];
  for (const locale of LOCALES) {
    const options = [`--pgdata=${draft}`, '--encoding=UTF8', `--locale=${locale}`, '--lc-messages=C'];
    const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    try {
      await run(home.binaries.initdb, [...options, ...access, '--no-instructions'], {
        ...home.account,
        cwd: draft,
        env: postgresEnv,
      });
      return;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new Error(`PostgreSQL could not create its data folder: ${failures.map(lastLine).join('; ')}`);
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? message;
}
