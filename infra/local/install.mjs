import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './run-child.mjs';

const STAMP = 'node_modules/.installed';

/** Installs the packages in the working folder, unless that was done since their lists last changed. */
export async function installMissing() {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
  const pnpm = packageManager.split('+')[0];
  process.stdout.write(`Installing packages with ${pnpm} ...\n`);
  await install(pnpm);
  writeFileSync(STAMP, wanted);
}

async function install(pnpm) {
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const { NODE_ENV, ...env } = process.env; // in "production" pnpm leaves out the compiler
  const { code, signal, output } = await runToEnd('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
    env: { ...env, CI: 'true' }, // never ask
    stdio: ['ignore', 'pipe', 'pipe'],
  }).catch((error) => ({ code: 1, output: `npx cannot be run (${error.message}); it comes with npm.\n` }));
  if (code === 0) return;
  if (signal) process.kill(process.pid, signal);
  process.stderr.write(`${output}\nThe packages could not be installed.\n`);
  process.exit(1);
}

/** Everything that decides what is installed: the lists of packages, and the kind of machine. */
function fingerprint() {
  const members = ['apps', 'packages', 'infra'].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  const manifests = ['.', ...members].map((folder) => join(folder, 'package.json')).filter((file) => existsSync(file));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests])
    hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
