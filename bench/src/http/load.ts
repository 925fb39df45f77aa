import autocannon from 'autocannon';
import { type Sample, toSample } from '../stats.ts';

export interface LoadOptions {
  connections: number;
  seconds: number;
}

/**
 * Sends GET requests from `connections` clients, each after the response to its last one. `paths` returns the next
 * path. Percentiles are over every single response, because autocannon's own histogram has a resolution of a
 * millisecond.
 */
export function measureHttp(origin: string, path: string | (() => string), load: LoadOptions): Promise<Sample> {
  return measure(toRequests(origin, path), 200, load);
}

/** Like `measureHttp`, for commands that return 201. `next` returns the next command. */
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

/** A constant path is serialized once, so that the client uses less processor time. */
function toRequests(origin: string, path: string | (() => string)): Pick<autocannon.Options, 'url' | 'requests'> {
  if (typeof path === 'string') return { url: `${origin}${path}` };
  return { url: origin, requests: [{ setupRequest: (request) => ({ ...request, path: path() }) }] };
}

/** The body of one response and its duration, over a keep-alive connection. @throws Error unless it is 200 */
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
