import type { Running } from '@messaging/shared';
import { createTestLogger } from '@messaging/shared/testing';
import { type ApiConfig, startApi } from '../api.ts';

/** What a test looks at in an answer. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A real API on a free port of loopback, with its log lines. */
export interface TestApi extends Running {
  url: string;
  logLines: string[];
  get: <Body>(path: string, headers?: Record<string, string>) => Promise<Answer<Body>>;
  command: <Body>(name: string, body: unknown, headers?: Record<string, string>) => Promise<Answer<Body>>;
}

/** Starts the API on `connectionString`; the caller closes it. */
export async function startTestApi(connectionString: string, overrides: Partial<ApiConfig> = {}): Promise<TestApi> {
  const { logger, logLines } = createTestLogger('api');
  const config: ApiConfig = {
    host: '127.0.0.1',
    port: 0,
    access: { keys: [], localOnly: true, corsOrigins: [], trustProxy: false },
    rateLimits: { readsPerMinute: 0, writesPerMinute: 0, redisUrl: undefined, prefix: 'test' },
    queueDashboard: { enabled: false, redisUrl: undefined, prefix: 'test' },
    limits: { maxConnections: 1_000, headersTimeoutMs: 10_000, bodyTimeoutMs: 30_000, keepAliveTimeoutMs: 5_000 },
    bodyMemoryBytes: 64 * 1_048_576,
    database: { connectionString, poolSize: 5, statementTimeoutMs: 10_000 },
    logging: { level: 'debug', pretty: false },
    tracing: { enabled: false },
    startTimeoutMs: 0,
    importPoolSize: 2,
    replica: undefined,
    search: { poolSize: 2, timeoutMs: 10_000 },
    commandPoolSize: 3,
    changes: { retentionHours: 24, readers: { total: 1_000, perKey: 100 } },
    drainDelayMs: 0,
    shutdownTimeoutMs: 5_000,
    ...overrides,
  };
  const api = await startApi(config, logger);
  const url = `http://127.0.0.1:${api.port}`;
  return {
    url,
    logLines,
    close: api.close,
    get: (path, headers = {}) => request(url + path, { headers }),
    command: (name, body, headers = {}) =>
      request(`${url}/api/commands/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

async function request<Body>(url: string, init: RequestInit): Promise<Answer<Body>> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text && JSON.parse(text)) as Body };
}
