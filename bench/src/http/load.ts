import autocannon from 'autocannon';
import { type Sample, toSample } from '../stats.ts';

export interface LoadOptions {
  connections: number;
  seconds: number;
}

/**
 * Sends GET requests from `connections` clients, each after the answer to its last. `paths` gives the next path.
 * Percentiles are over every single answer, because autocannon's own histogram has whole milliseconds.
 */
export async function measureHttp(
  origin: string,
  path: string | (() => string),
  { connections, seconds }: LoadOptions,
): Promise<Sample> {
  const durationsMs: number[] = [];
  let failures = 0;
  const startedMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(
      {
        ...toRequests(origin, path),
        connections,
        duration: seconds,
        timeout: 30,
      },
      (error, result) => {
        if (error) return reject(error);
        failures += result.errors;
        resolve();
      },
    );
    instance.on('response', (_client, status, _bytes, durationMs) => {
      durationsMs.push(durationMs);
      if (status !== 200) failures += 1;
    });
  });
  return toSample(durationsMs, performance.now() - startedMs, failures);
}

/** A path that stays the same is written once, so that the client takes less of the processor from what is measured. */
function toRequests(origin: string, path: string | (() => string)): Pick<autocannon.Options, 'url' | 'requests'> {
  if (typeof path === 'string') return { url: `${origin}${path}` };
  return { url: origin, requests: [{ setupRequest: (request) => ({ ...request, path: path() }) }] };
}

/** One answer's body and how long it took to come, over a connection that is kept. @throws Error unless it is 200 */
export async function get(origin: string, path: string): Promise<{ body: string; durationMs: number }> {
  const startedMs = performance.now();
  const response = await fetch(new URL(path, origin));
  const body = await response.text();
  const durationMs = performance.now() - startedMs;
  if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
  return { body, durationMs };
}

/** The same as JSON. */
export async function getJson<Body>(origin: string, path: string): Promise<Body> {
  return JSON.parse((await get(origin, path)).body) as Body;
}
