// The image's entry point: `run.mjs <what> [arguments]` runs one of our programs in this very process, so that the
// signals of whoever runs the container reach it.
import { constants } from 'node:os';

const PROGRAMS = {
  api: '../../apps/api/dist/main.js',
  worker: '../../apps/worker/dist/main.js',
  migrate: '../../packages/db/dist/bin/migrate.js',
  seed: '../../packages/db/dist/bin/seed.js',
  view: '../../packages/db/dist/bin/view.js',
  check: '../../packages/db/dist/bin/check.js',
  import: '../../packages/db/dist/bin/import.js',
  adopt: '../../packages/db/dist/bin/adopt.js',
  roles: '../../packages/db/dist/bin/roles.js',
  partition: '../../packages/db/dist/bin/partition.js',
  queue: '../../apps/worker/dist/bin/queue.js',
};

const [name] = process.argv.splice(2, 1);
if (Object.hasOwn(PROGRAMS, name ?? '')) await run(name);
else {
  process.stderr.write(`Say what to run, one of: ${Object.keys(PROGRAMS).join(', ')}\n`);
  process.exitCode = 64;
}

async function run(name) {
  if (name === 'seed') return import(PROGRAMS.seed); // has an answer to signals from its beginning
  // The kernel withholds from a container's first process every signal it has no answer to, and ours answer only once
  // they have started: one that still waits for its database would have to be killed.
  const leave = (signal) => process.exit(128 + constants.signals[signal]);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, leave);
  await import(PROGRAMS[name]);
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, leave);
}
