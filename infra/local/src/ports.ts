import { setTimeout as wait } from 'node:timers/promises';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';
import type { LocalSettings } from './settings.ts';

export interface Ports {
  api: number;
  worker: number;
}

/**
 * The ports of API and worker, free at the moment. A port that somebody relies on is not replaced by another.
 * @param patienceMs how long a taken port may need to become free: processes of a killed launcher still close
 */
export async function choosePorts(
  settings: LocalSettings,
  { patienceMs, say }: { patienceMs: number; say: (line: string) => void },
): Promise<Ports> {
  const { apiPort, workerPort } = settings;
  const api = apiPort || (await getPort());
  if (!(await becomesFree(api, patienceMs))) {
    throw new Error(`PORT ${api} is taken by another program: stop it, or set PORT to another number.`);
  }
  if (workerPort.chosen) {
    const worker = workerPort.number || (await getPort());
    if (await becomesFree(worker, patienceMs)) return { api, worker };
    throw new Error(
      `WORKER_PORT ${worker} is taken by another program: stop it, or set WORKER_PORT to another number.`,
    );
  }
  const worker = await getPort({ port: portNumbers(workerPort.number, workerPort.number + 98), exclude: [api] });
  if (worker !== workerPort.number)
    say(`Port ${workerPort.number} is taken: the worker's health checks use ${worker}.`);
  return { api, worker };
}

/** Asks for all interfaces: `localhost` must not lead to somebody else's server on another one. */
async function becomesFree(port: number, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    clearLockedPorts(); // it would not name a port twice within half a minute
    if ((await getPort({ port })) === port) return true;
    if (performance.now() >= deadline) return false;
    await wait(100);
  }
}
