import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { findFreePort, onCleanUp } from '../harness/index.ts';

/** Starts PgBouncer as it is by default, pooling by session, in front of a server; returns the URL that leads through it. */
export async function startPgBouncer(serverUrl: string): Promise<string> {
  const url = new URL(serverUrl);
  const port = await findFreePort();
  const configFile = await writeConfig(url, port);
  // It refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...asUser, configFile], {
    // biome-ignore lint/style/noProcessEnv: where every shell looks for programs; a plain user's has not always /usr/sbin
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const exited = once(child, 'exit');
  onCleanUp(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  url.host = `127.0.0.1:${port}`;
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${log}`);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.end();
  });
  return url.href;
}

/** Everything that has to be said, and nothing else, so that the rest is as PgBouncer comes. */
async function writeConfig({ hostname, port, username, password }: URL, listenPort: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'messaging-pgbouncer-'));
  onCleanUp(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755); // it reads as another user
  const users = join(folder, 'users.txt');
  await writeFile(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  const config = join(folder, 'pgbouncer.ini');
  await writeFile(
    config,
    `[databases]
* = host=${hostname === 'localhost' ? '127.0.0.1' : hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
`,
  );
  return config;
}
