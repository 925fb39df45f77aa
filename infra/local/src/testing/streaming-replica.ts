import { chown, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { writePostgresState } from '../postgres-state.ts';
import { createDataDir, runTestServer, type TestServer } from './test-server.ts';

/** A streaming replica, which accepts reads. */
export interface StreamingReplica extends TestServer {
  /** Makes it a primary; resolves when it accepts writes. */
  promote: () => Promise<void>;
}

/** What belongs to the running server, not to its data. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);

/**
 * Copies `primary` while it runs, and starts the copy as a streaming replica. It streams from `source`, which is `primary`
 * unless it is the URL of a proxy or of another replica. Done without pg_basebackup, which the PostgreSQL from npm lacks.
 */
export async function startStreamingReplica(
  primary: TestServer,
  source: string = primary.connectionString,
): Promise<StreamingReplica> {
  const dataDir = await createDataDir();
  await copyServer(primary, dataDir);
  const { hostname, port, username, password } = new URL(source);
  const server = await runTestServer(dataDir, {
    primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}`,
    wal_retrieve_retry_interval: '100ms', // how soon it connects again
  });
  return {
    ...server,
    promote: () => withClient(server, async (db) => void (await db.query('select pg_promote()'))),
  };
}

/** Leaves in `dataDir` what `startEmbeddedPostgres` needs to run a standby. */
async function copyServer(primary: TestServer, dataDir: string): Promise<void> {
  const copy = join(dataDir, 'postgres');
  const label = await withClient(primary, async (db) => {
    const { rows: folders } = await db.query<{ data_directory: string }>('show data_directory');
    await db.query("select pg_backup_start('replica', fast => true)");
    await copyFolder(String(folders[0]?.data_directory), copy);
    const { rows } = await db.query<{ labelfile: string }>('select * from pg_backup_stop(wait_for_archive => false)');
    return String(rows[0]?.labelfile);
  });
  await writeFile(join(copy, 'backup_label'), label);
  await writeFile(join(copy, 'standby.signal'), '');
  const { uid, gid } = await stat(copy);
  await Promise.all(['backup_label', 'standby.signal'].map((name) => chown(join(copy, name), uid, gid)));
  await writePostgresState(dataDir, { password: new URL(primary.connectionString).password });
}

/** Copies a folder that is being written to, with its owner: PostgreSQL does not run as root. */
async function copyFolder(from: string, to: string): Promise<void> {
  const { uid, gid } = await stat(from);
  await mkdir(to, { mode: 0o700 });
  await chown(to, uid, gid);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (!LEFT_OUT.has(entry.name))
      await copyFile(source, target).then(() => chown(target, uid, gid), ignoreMissing);
  }
}

/** What was deleted while the folder was read is not needed: the log has what came in its place. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function withClient<Result>(
  { connectionString }: TestServer,
  work: (db: pg.Client) => Promise<Result>,
): Promise<Result> {
  const db = new pg.Client({ connectionString });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}
