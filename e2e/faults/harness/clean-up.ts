import { afterEach } from '@jest/globals';

const cleanUps: (() => unknown)[] = [];

/** Remembers how to end what a test has started; the last is ended first, also when the test fails. */
export function onCleanUp(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

/** One that fails keeps none from its turn. */
afterEach(async () => {
  const failures: unknown[] = [];
  for (const cleanUp of cleanUps.splice(0).reverse()) {
    await Promise.resolve()
      .then(cleanUp)
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}, 60_000);
