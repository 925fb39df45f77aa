import { afterEach } from '@jest/globals';

const cleanUps: (() => unknown)[] = [];

/** Remembers how to end what a test has started; the last is ended first, also when the test fails. */
export function onCleanUp(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
}, 60_000);
