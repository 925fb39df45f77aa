import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, binariesIn, findBinaries, type PostgresMajor } from './postgres-binaries.ts';

const run = promisify(execFile);
const OUTSIDE_PREFIX = '/var/lib/messaging-backend-';

/** The system user that PostgreSQL runs as. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where a server lives and as whom it runs; without an account, as ourselves. */
export interface PostgresHome {
  binaries: Binaries;
  clusterDir: string;
  account?: Account;
}

/**
 * Makes ready what a server with its data in `<dataDir>/postgres` needs to run. As a plain user that is little.
 * As root, whom PostgreSQL refuses, the server runs as another user, and whatever that user cannot reach is put where
 * it can, with a link left behind; a later start finds it again.
 */
export async function preparePostgresHome(
  dataDir: string,
  major: PostgresMajor,
  say: (line: string) => void,
): Promise<PostgresHome> {
  const installed = await findBinaries(major);
  const link = join(dataDir, 'postgres');
  await mkdir(dataDir, { recursive: true });
  if (process.getuid?.() !== 0) return { binaries: installed, clusterDir: link };

  await chmod(dataDir, 0o711); // others may pass through, not look around
  await removeDanglingLink(link, say);
  const account = await chooseAccount(link);
  if (!existsSync(link) && !canEnter(dataDir, account)) await moveOutside(link, say);
  const clusterDir = await followLink(link);
  const binaries = await reachableBinaries(installed, dirname(clusterDir), account, say);
  return { binaries, clusterDir, account };
}

/** Data that root takes over from a plain user stays that user's, for a server runs only on its own data. */
async function chooseAccount(link: string): Promise<Account> {
  const owner = await stat(link).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findAccount()) ?? (await createAccount());
}

async function findAccount(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` fails where there is no such user
  }
}

async function createAccount(): Promise<Account> {
  const useradd = ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'];
  // The second is the one of BusyBox.
  await run('useradd', useradd).catch(() => run('adduser', ['-S', '-D', '-H', '-s', '/bin/false', 'postgres']));
  const account = await findAccount();
  if (account) return account;
  throw new Error('PostgreSQL does not run as root: create a system user named postgres, or start as a plain user.');
}

/** Only trying it out tells: permissions of every folder above count, and mount and security options too. */
function canEnter(folder: string, account: Account): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...account, cwd: '/' }).status === 0;
}

function canRun({ postgres, share }: Binaries, account: Account): boolean {
  const runs = spawnSync(postgres, ['--version'], { ...account, cwd: '/' }).status === 0;
  const script = 'cat "$0" >/dev/null';
  return (
    runs && spawnSync('/bin/sh', ['-c', script, join(share, 'postgres.bki')], { ...account, cwd: '/' }).status === 0
  );
}

async function moveOutside(link: string, say: (line: string) => void): Promise<void> {
  const outside = await mkdtemp(OUTSIDE_PREFIX);
  await chmod(outside, 0o711);
  await symlink(join(outside, 'postgres'), link);
  say(`PostgreSQL does not run as root and its own user cannot enter ${dirname(link)}: the data is in ${outside}.`);
}

async function followLink(link: string): Promise<string> {
  const entry = await lstat(link).catch(() => undefined);
  return entry?.isSymbolicLink() ? await readlink(link) : link;
}

/** The folder that the link names is missing when only part of the machine was kept; the data is gone then. */
async function removeDanglingLink(link: string, say: (line: string) => void): Promise<void> {
  const clusterDir = await followLink(link);
  if (clusterDir === link || existsSync(dirname(clusterDir))) return;
  say(`The data folder ${clusterDir} is gone: starting with an empty database.`);
  await rm(link);
}

/** The installed binaries, or their copy in `home`, whose name has the version so that an update copies anew. */
async function reachableBinaries(
  installed: Binaries,
  home: string,
  account: Account,
  say: (line: string) => void,
): Promise<Binaries> {
  if (canRun(installed, account)) return installed;
  const root = join(home, `postgresql-${installed.version}`);
  if (!existsSync(root)) {
    say(`PostgreSQL's user cannot run the installed binaries: copying them to ${root}.`);
    await cp(installed.root, `${root}.new`, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', `${root}.new`]);
    await rename(`${root}.new`, root);
  }
  return binariesIn(root, installed.version);
}

/** Creates a folder that belongs to the account, closed to everybody else. */
export async function makePrivateFolder(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
}
