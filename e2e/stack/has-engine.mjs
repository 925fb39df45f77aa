import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ENGINE_DEADLINE_MS = 5_000;
const REGISTRY_DEADLINE_MS = 10_000;

/**
 * Whether this run is to build the image and start the compose stack. `auto` (also where nothing is set) asks as the
 * test services do: a Docker engine answers, and has or gets the images. It says so on stderr where only those fail.
 */
export function hasEngine(choice = 'auto') {
  if (choice !== 'auto') return choice === 'containers';
  if (!answers(['info'], ENGINE_DEADLINE_MS) || !answers(['compose', 'version'], ENGINE_DEADLINE_MS)) return false;
  const missing = listImages().find(
    (image) =>
      !answers(['image', 'inspect', image], ENGINE_DEADLINE_MS) &&
      !answers(['manifest', 'inspect', image], REGISTRY_DEADLINE_MS), // asks the registry, and fetches nothing yet
  );
  if (missing) process.stderr.write(`test stack: left out, the image ${missing} is not to be had\n`);
  return !missing;
}

/** What the image is built from, and what the stack has beside it: those are official ones, with no `/` in their names. */
function listImages() {
  const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const bases = read('Dockerfile').matchAll(/^FROM ([\w.-]+:[\w.-]+)/gm);
  const services = read('infra/compose.yaml').matchAll(/^ +image: ([\w.-]+:[\w.-]+)$/gm);
  return [...bases, ...services].map(([, image]) => image);
}

const answers = (args, timeout) => spawnSync('docker', args, { stdio: 'ignore', timeout }).status === 0;
