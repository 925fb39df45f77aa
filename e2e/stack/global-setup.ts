import { randomBytes } from 'node:crypto';
import { demoData } from '../readme-examples.ts';
import { createComposeStack } from './compose-stack.ts';
import { docker } from './docker.ts';

const BUILD_TIMEOUT_MS = 420_000;

/** Builds the image, starts the stack with two replicas of the API, and seeds it; tests find it by `TEST_STACK`. */
export default async function startStack(): Promise<void> {
  const project = `messaging-test-${randomBytes(4).toString('hex')}`;
  const { image, compose } = createComposeStack(project);
  let removing: Promise<void> | undefined;
  globalThis.removeTestStack = () => {
    removing ??= (async () => {
      await compose(['--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '5']);
      await docker(['image', 'rm', '--force', image]);
    })();
    return removing;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void globalThis.removeTestStack().finally(() => process.exit(1)));
  }
  try {
    await docker(['build', '--tag', image, '.'], { timeoutMs: BUILD_TIMEOUT_MS });
    await compose(['up', '--no-build', '--wait', '--scale', 'api=2']);
    const { contacts, messages, seed } = demoData;
    const sizes = ['--contacts', contacts, '--messages', messages, '--seed', seed].map(String);
    await compose(['run', '--rm', '--no-deps', 'migrate', 'seed', ...sizes]);
  } catch (error) {
    await globalThis.removeTestStack();
    throw error;
  }
  // biome-ignore lint/style/noProcessEnv: how the run tells its tests where the services are
  process.env.TEST_STACK = project;
}

declare global {
  var removeTestStack: () => Promise<void>;
}
