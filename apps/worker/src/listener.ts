import { randomUUID } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { CHANGES_CHANNEL, connectionOptions } from '@messaging/db';
import { createOutageLog, type DatabaseConfig, type Logger, type Running, waitAtMost } from '@messaging/shared';
import pgListen, { type Subscriber } from 'pg-listen';

/** Hears of changes. */
export interface Listener extends Running {
  /** True while a heartbeat of ours was heard lately. */
  isConnected: () => boolean;
}

type OnChange = (traceparent?: string) => void;

/** A connection that is silent without being closed is given up after one interval and one timeout: 15 s. */
const HEARTBEAT_INTERVAL_MS = 10_000;
const HEARTBEAT_TIMEOUT_MS = 5_000;
const LONGEST_RETRY_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Calls `onChange` for each notification, with the trace that it belongs to where it names one. They are lost while the connection is, so each (re)connect counts as one.
 * Resolves once it hears, or has failed to; connects again for ever. pg-listen's own ways are not used: it gives up after 3 s, its check of the connection says
 * nothing of whether notifications arrive, and closing it while it reconnects leaves the loop running.
 */
export async function startListener(config: DatabaseConfig, onChange: OnChange, logger: Logger): Promise<Listener> {
  const closing = new AbortController();
  const outage = createOutageLog(logger, 'listener');
  const state = { connected: false, tried: () => {} };
  const firstTry = new Promise<void>((resolve) => {
    state.tried = resolve;
  });
  const listening = keepListening();

  async function keepListening(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      const onConnected = () => {
        state.connected = true;
        failures = 0;
        outage.worked();
        logger.info('listener connected');
        onChange();
        state.tried();
      };
      try {
        await listenUntilLost(config, { onConnected, onChange }, closing.signal);
      } catch (error) {
        if (!closing.signal.aborted) outage.failed(error);
      }
      state.connected = false;
      state.tried();
      await pause(Math.min(LONGEST_RETRY_MS, 250 * 2 ** Math.min(failures, 10)), closing.signal);
    }
  }

  await firstTry;
  return {
    isConnected: () => state.connected,
    async close() {
      closing.abort();
      await listening;
    },
  };
}

/** Listens on one connection, of which nothing is left afterwards. @throws when it is lost or silent, or the signal aborts */
export async function listenUntilLost(
  config: DatabaseConfig,
  { onConnected, onChange }: { onConnected: () => void; onChange: OnChange },
  signal: AbortSignal,
): Promise<never> {
  const options = { ...connectionOptions(config, 'messaging-listener'), query_timeout: HEARTBEAT_TIMEOUT_MS };
  const subscriber = pgListen.default(options, {
    retryLimit: 1, // its word for none: what is lost is given up, and the caller begins anew
    paranoidChecking: false,
    parse: (payload) => payload, // ours is empty or names a trace; one that is not JSON must not raise an error
  });
  subscriber.events.on('error', () => {}); // a second one must not be fatal
  const ended = new AbortController();
  const onAbort = () => ended.abort(signal.reason);
  signal.addEventListener('abort', onAbort);
  const lost = once(subscriber.events as EventEmitter, 'error', { signal: ended.signal }).then(() => {
    throw new Error('the listening connection ended');
  }) as Promise<never>;
  lost.catch(() => {}); // it is waited for below, but may come first
  try {
    return await Promise.race([lost, listen(subscriber, onConnected, onChange, signal)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await waitAtMost(CLOSE_TIMEOUT_MS, Promise.resolve(subscriber.close()), undefined); // a silent connection does not answer
  }
}

async function listen(
  subscriber: Subscriber,
  onConnected: () => void,
  onChange: OnChange,
  signal: AbortSignal,
): Promise<never> {
  const heartbeat = `heartbeat_${randomUUID()}`;
  subscriber.notifications.on(CHANGES_CHANNEL, (payload?: string) => onChange(payload));
  await subscriber.connect();
  await Promise.all([subscriber.listenTo(CHANGES_CHANNEL), subscriber.listenTo(heartbeat)]);
  await hearOneself(subscriber, heartbeat);
  onConnected();
  for (;;) {
    await wait(HEARTBEAT_INTERVAL_MS, undefined, { signal });
    await hearOneself(subscriber, heartbeat);
  }
}

/** The whole way of a notification, which tells more than an answered statement: a pooler may answer and pass none on. */
async function hearOneself(subscriber: Subscriber, channel: string): Promise<void> {
  const heard = once(subscriber.notifications as EventEmitter, channel, {
    signal: AbortSignal.timeout(HEARTBEAT_TIMEOUT_MS),
  });
  await Promise.all([heard, subscriber.notify(channel)]).catch((error: unknown) => {
    throw new Error('the listening connection is silent', { cause: error });
  });
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  const jitter = 0.5 + Math.random() / 2; // not all workers at the same moment
  await wait(durationMs * jitter, undefined, { signal }).catch(() => {}); // cut short by close
}
