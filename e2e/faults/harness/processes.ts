import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { onCleanUp } from './clean-up.ts';

/** An API or a worker in a process of its own. */
export interface ChildProcess {
  url: string;
  pid: number;
  /** All that it has written to standard output and standard error. */
  output: () => string;
  /** What it has logged, line by line; what is no JSON has only a `msg`. */
  logLines: () => LogLine[];
  /** Asks it for a path, and parses what is JSON. */
  get: <Body>(path: string) => Promise<Answer<Body>>;
  post: <Body>(path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer<Body>>;
  /** Resolves when `/readyz` answers 200. */
  untilReady: () => Promise<void>;
  /** Resolves to the exit code when it has ended by itself. */
  exited: Promise<number | null>;
  /** kill -9; resolves when it is gone. */
  kill: () => Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop: () => Promise<number | null>;
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface LogLine {
  level?: string;
  msg: string;
  [field: string]: unknown;
}

interface StartOptions {
  /** `false`: return as soon as it runs, for what starts while something is away. */
  ready?: boolean;
}

const READY_TIMEOUT_MS = 60_000;
/** No request may hang for as long as a test may take. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Runs the API with these settings, on a free port unless they have one. */
export function startApi(env: Record<string, string>, options?: StartOptions): Promise<ChildProcess> {
  return start('api', 'PORT', env, options);
}

/** Runs the worker with these settings, on a free port unless they have one. */
export function startWorker(env: Record<string, string>, options?: StartOptions): Promise<ChildProcess> {
  return start('worker', 'WORKER_PORT', env, options);
}

async function start(
  app: 'api' | 'worker',
  portName: string,
  env: Record<string, string>,
  { ready = true }: StartOptions = {},
): Promise<ChildProcess> {
  const port = env[portName] ?? (await findFreePort());
  const main = fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));
  const cwd = tmpdir(); // where no .env of a developer lies
  const child = spawn(process.execPath, [main], {
    cwd,
    env: { ...env, [portName]: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  const kill = async () => {
    child.kill('SIGKILL');
    await exitCode;
  };
  onCleanUp(kill);

  const url = `http://127.0.0.1:${port}`;
  const untilReady = () =>
    eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`the ${app} ended: ${output}`);
        expect((await request(`${url}/readyz`)).status).toBe(200);
      },
      { timeoutMs: READY_TIMEOUT_MS },
    );
  if (ready) await untilReady();
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    logLines: () => output.split('\n').filter(Boolean).map(toLogLine),
    get: (path) => request(url + path),
    post: (path, body, headers) => post(url + path, body, headers),
    untilReady,
    exited: exitCode,
    kill,
    async stop() {
      child.kill('SIGTERM');
      return exitCode;
    },
  };
}

/** Sends JSON, also to a process through a proxy. */
export function post<Body>(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function request<Body>(url: string, init: RequestInit = {}): Promise<Answer<Body>> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}

function toLogLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}

/** A port of the loopback interface that nobody listens on. */
export async function findFreePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return String(port);
}
