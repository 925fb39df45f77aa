import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Running } from '@messaging/shared';
import { endOf, hasEnded } from './processes.ts';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
const QUICK_FAILURE_MS = 10_000;
const MOST_QUICK_FAILURES = 5;

export interface SupervisedOptions {
  /** As it is called in messages, at the beginning of a sentence. */
  name: string;
  /** The URL of the module to run. */
  entry: string;
  env: NodeJS.ProcessEnv;
  /** Answers 200 when the process can do its work. */
  readyUrl: string;
  closeTimeoutMs: number;
  say: (line: string) => void;
}

export interface Supervised extends Running {
  /** Resolves when the process can do its work. @throws when it ends before, or `signal` is aborted */
  waitUntilReady: (signal: AbortSignal) => Promise<void>;
  /** Resolves once closed. @throws when the process does not start, or fails again and again */
  finished: Promise<void>;
  /** Ends the process as `close` does, and begins anew. */
  restart: () => Promise<void>;
  /** Ends the process without a chance to finish anything. */
  kill: () => void;
}

/**
 * Runs a Node.js process, and runs it again when it ends by itself, later and later. It is no part of our process group,
 * so that Ctrl-C reaches only us, and it has a channel to us, so that it ends when we are killed.
 */
export function superviseProcess(options: SupervisedOptions): Supervised {
  const { name, say, closeTimeoutMs } = options;
  const pauses = new AbortController();
  const state = { wasReady: false, closing: false, restarting: false };
  let child = start(options);
  const finished = keepRunning();
  finished.catch(() => {}); // whoever waits for it hears of it

  async function keepRunning(): Promise<void> {
    for (let failures = 0; ; ) {
      const startedAt = performance.now();
      const how = await endOf(child);
      if (state.closing) return;
      if (!state.restarting) {
        if (!state.wasReady) throw new Error(`${name} did not start (${how}).`);
        failures = performance.now() - startedAt < QUICK_FAILURE_MS ? failures + 1 : 0;
        if (failures >= MOST_QUICK_FAILURES) throw new Error(`${name} stops again and again (${how}).`);
        await pause(failures, how);
        if (state.closing) return;
      }
      state.restarting = false;
      child = start(options);
    }
  }

  async function pause(failures: number, how: string): Promise<void> {
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), LONGEST_DELAY_MS);
    say(`${name} stopped unexpectedly (${how}); starting it again in ${delayMs / 1_000} s.`);
    await wait(delayMs, undefined, { signal: pauses.signal }).catch(() => {}); // cut short by close
  }

  return {
    finished,
    async waitUntilReady(signal) {
      await Promise.race([untilReady(options.readyUrl, signal), finished]);
      state.wasReady = true;
    },
    async restart() {
      state.restarting = true;
      await stop(child, closeTimeoutMs);
    },
    async close() {
      state.closing = true;
      pauses.abort();
      await stop(child, closeTimeoutMs);
      await finished.catch(() => {}); // its failure was the reason to close
    },
    kill() {
      state.closing = true;
      pauses.abort();
      child.kill('SIGKILL');
    },
  };
}

function start({ entry, env }: SupervisedOptions): ChildProcess {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
  return spawn(process.execPath, [fileURLToPath(entry)], { env, detached: true, stdio: [...stdio] });
}

async function stop(child: ChildProcess, timeoutMs: number): Promise<void> {
  if (hasEnded(child)) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  child.kill('SIGTERM');
  await endOf(child);
  clearTimeout(timer);
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await fetch(url, { signal }).then(
      (response) => response.status,
      () => undefined, // it does not listen yet
    );
    if (status === 200) return;
    await wait(50, undefined, { signal });
  }
}
