#!/usr/bin/env node
// `node infra/local/run.mjs <task> [arguments]`: what the scripts of the root package.json run. It needs nothing but
// Node.js, because it is what installs everything else.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMissing } from './install.mjs';
import { run } from './run-child.mjs';

const OLDEST_NODE = [20, 19];
const TSC = 'node_modules/typescript/bin/tsc';
/** The page that the API serves. */
const CONSOLE = 'apps/console/build.mjs';
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const DEPCRUISE = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
const JEST = 'node_modules/jest/bin/jest.js';
const JEST_FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
/** Whose imports have rules, which are in .dependency-cruiser.mjs. */
const IMPORTS_OF = ['apps', 'packages', 'infra', 'bench', 'e2e'];

const tasks = {
  start: async () => {
    await build();
    await import('./dist/main.js'); // in this process, so that signals reach it without detours
  },
  dev: async () => {
    await build();
    await import('./dist/main.js'); // it sees the task's name in the arguments
  },
  test: async (args) => {
    await build(); // some suites run the compiled processes
    await runNode(...JEST_FLAGS, JEST, ...args);
  },
  build: async () => build(),
  typecheck: async () => {
    await build();
    await runNode(TSC, '-p', 'tsconfig.test.json');
    await runNode(TSC, '-p', 'e2e/console/tsconfig.json'); // which also runs in a browser
  },
  lint: async (args) => {
    await runNode(BIOME, 'check', '.', ...args);
    await runNode(DEPCRUISE, ...IMPORTS_OF);
  },
  format: async (args) => runNode(BIOME, 'check', '--write', '.', ...args),
  bench: async (args) => {
    await build();
    await runNode('bench/dist/main.js', ...args);
  },
  soak: async (args) => {
    await build();
    await runNode('bench/dist/soak/main.js', ...args);
  },
  'db:migrate': async (args) => database('migrate', args),
  'db:seed': async (args) => database('seed', args),
  'db:view': async (args) => database('view', args),
  'db:check': async (args) => database('check', args),
  'db:import': async (args) => database('import', args),
  'db:adopt': async (args) => database('adopt', args),
  'db:queue': async (args) => database('queue', args),
  'db:roles': async (args) => database('roles', args),
  'db:partition': async (args) => database('partition', args),
};

await main(process.argv[2], process.argv.slice(3));

async function main(name, args) {
  requireNode();
  process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
  if (!task) fail(`Usage: node infra/local/run.mjs <task>, one of: ${Object.keys(tasks).join(', ')}`);
  await installMissing();
  await task(args);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`Node.js ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

async function build() {
  for (const member of members()) {
    // The compiler believes its own notes: where its output was deleted it would write nothing.
    if (!existsSync(join(member, 'dist'))) rmSync(join(member, 'tsconfig.tsbuildinfo'), { force: true });
  }
  await runNode(TSC, '-b');
  await runNode(CONSOLE);
}

function members() {
  const folders = ['apps', 'packages', 'infra'].flatMap((kind) => readdirSync(kind).map((name) => join(kind, name)));
  return [...folders, 'bench'].filter((folder) => existsSync(join(folder, 'tsconfig.json')));
}

async function database(command, args) {
  await build();
  await runNode('infra/local/dist/bin/database.js', command, ...args);
}

function runNode(...args) {
  return run(process.execPath, args);
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
