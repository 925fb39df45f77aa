import { setTimeout as wait } from 'node:timers/promises';

const PROBE_EVERY_MS = 200;
const PROBE_TIMEOUT_MS = 2_500;

/** What a load balancer does, for requests of our own. */
export interface LoadBalancer {
  /** URLs that may be used now. */
  ready: () => string[];
  /** Sends a GET to the next ready target, once: no second try at another one. @throws what the connection says */
  get: (path: string) => Promise<Response>;
  close: () => Promise<void>;
}

/**
 * Asks `/readyz` of every target each 200 ms, as a load balancer or Kubernetes does, and spreads requests over those
 * that answered 200 last. @param findTargets the URLs of now: a container that was started again has another port
 */
export function createLoadBalancer(findTargets: () => string[]): LoadBalancer {
  let usable: string[] = [];
  let turn = 0;
  const stop = new AbortController();

  async function probe(): Promise<void> {
    const targets = findTargets();
    const answers = await Promise.all(targets.map(isReady));
    usable = targets.filter((_, at) => answers[at]);
  }

  const probing = (async () => {
    while (!stop.signal.aborted) {
      await probe();
      await wait(PROBE_EVERY_MS, undefined, { signal: stop.signal }).catch(() => {}); // only close aborts it
    }
  })();

  return {
    ready: () => usable,
    get(path) {
      turn += 1;
      const target = usable[turn % usable.length];
      if (!target) throw new Error('no target is ready');
      return fetch(target + path, { signal: AbortSignal.timeout(10_000) });
    },
    async close() {
      stop.abort();
      await probing;
    },
  };
}

/** A target that does not answer is not ready, whatever the reason. */
const isReady = (url: string) =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
