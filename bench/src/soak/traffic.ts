import { percentile } from '../stats.ts';

/** A timeout, so that no request can hang until the end of the soak. */
const ANSWER_TIMEOUT_MS = 30_000;
const KEPT_ERRORS = 20;

/** The kinds of requests that are reported separately. */
export type Group = 'list' | 'thread' | 'search' | 'write' | 'import';

export interface Call {
  method?: 'GET' | 'POST';
  body?: string | object;
  headers?: Record<string, string>;
  /** The expected status; 200 by default. */
  expect?: number;
}

/** Requests to the API, and their results. */
export interface Traffic {
  /** Sends a request. @throws if the status is not the expected one */
  call: <Body>(group: Group, path: string, call?: Call) => Promise<{ body: Body; headers: Headers }>;
  /** Counts a failure. */
  fail: (error: unknown) => void;
  errors: { count: number; first: string[] };
  /** The responses since the last call. */
  takeFigures: () => { answers: number; p99Ms: Record<Group, number> };
}

export function createTraffic(origin: string): Traffic {
  const newDurations = (): Record<Group, number[]> => ({ list: [], thread: [], search: [], write: [], import: [] });
  let durationsMs = newDurations();
  const errors: Traffic['errors'] = { count: 0, first: [] };
  return {
    errors,
    async call(group, path, { method = 'GET', body, headers = {}, expect = 200 } = {}) {
      const startedMs = performance.now();
      const response = await fetch(origin + path, {
        method,
        headers: { ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}), ...headers },
        body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      const text = await response.text();
      durationsMs[group].push(performance.now() - startedMs);
      if (response.status !== expect) {
        throw new Error(`${method} ${path} was answered with ${response.status} for ${expect}: ${text.slice(0, 200)}`);
      }
      return { body: text ? JSON.parse(text) : undefined, headers: response.headers };
    },
    fail(error) {
      errors.count++;
      const { message, cause } = error as Error;
      if (errors.first.length < KEPT_ERRORS) {
        errors.first.push(`${new Date().toISOString()} ${message}${cause ? `: ${(cause as Error).message}` : ''}`);
      }
    },
    takeFigures() {
      const taken = durationsMs;
      durationsMs = newDurations();
      const p99 = (group: Group) =>
        percentile(
          taken[group].toSorted((a, b) => a - b),
          0.99,
        );
      return {
        answers: Object.values(taken).reduce((sum, { length }) => sum + length, 0),
        p99Ms: {
          list: p99('list'),
          thread: p99('thread'),
          search: p99('search'),
          write: p99('write'),
          import: p99('import'),
        },
      };
    },
  };
}
