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
export function measureHttp(origin: string, path: string | (() => string), load: LoadOptions): Promise<Sample> {
  return measure(toRequests(origin, path), 200, load);
}

/** As `measureHttp`, for commands that are answered with 201; `next` gives the next one. */
export function measureCommands(
  origin: string,
  path: string,
  next: () => { body: object; headers?: Record<string, string> },
  load: LoadOptions,
): Promise<Sample> {
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const { body, headers } = next();
    const type = { 'content-type': 'application/json' };
    return { ...request, method: 'POST', path, headers: { ...type, ...headers }, body: JSON.stringify(body) };
  };
  return measure({ url: origin, requests: [{ setupRequest }] }, 201, load);
}

async function measure(
  requests: Pick<autocannon.Options, 'url' | 'requests'>,
  expected: number,
  { connections, seconds }: LoadOptions,
): Promise<Sample> {
  const durationsMs: number[] = [];
  let failures = 0;
  const startedMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(
      {
        ...requests,
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
      if (status !== expected) failures += 1;
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
