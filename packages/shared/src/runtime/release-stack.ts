import type { Logger } from './logger.ts';

/** A started resource that can be closed. Closing it twice is harmless. */
export interface Running {
  close: () => Promise<void>;
}

/** The acquired resources in order, each with its release function. */
export interface ReleaseStack {
  /** Registers how `resource` is released, and returns it. */
  push: <Resource>(name: string, resource: Resource, release: (resource: Resource) => unknown) => Resource;
  /**
   * Releases everything in reverse order and continues after failures. @throws the first failure, after the last step
   */
  run: () => Promise<void>;
}

/**
 * Runs `start`, which pushes what it acquires. If it rejects, everything is released.
 * @throws what `start` threw; failures of the release are only logged
 */
export async function startOrRelease<Result>(
  logger: Logger,
  start: (release: ReleaseStack) => Promise<Result>,
): Promise<Result> {
  const release = createReleaseStack(logger);
  try {
    return await start(release);
  } catch (error) {
    await release.run().catch(() => {}); // each failure was logged
    throw error;
  }
}

/** Collects release steps while a process starts. They run when it stops, or when the start fails half-way. */
export function createReleaseStack(logger: Logger): ReleaseStack {
  const steps: { name: string; release: () => unknown }[] = [];
  let running: Promise<void> | undefined;

  async function releaseAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { name, release } of steps.reverse()) {
      try {
        await release();
      } catch (error) {
        logger.error({ err: error, resource: name }, 'release failed');
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    push(name, resource, release) {
      steps.push({ name, release: () => release(resource) });
      return resource;
    },
    run() {
      running ??= releaseAll();
      return running;
    },
  };
}
