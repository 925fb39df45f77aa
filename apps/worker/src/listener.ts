import { CHANGES_CHANNEL, connectionOptions } from '@messaging/db';
import type { DatabaseConfig, Logger, Running } from '@messaging/shared';
import pgListen from 'pg-listen';
import type { RefreshQueue } from './refresh-queue.ts';

/** Hears of changes. */
export interface Listener extends Running {
  isConnected: () => boolean;
}

/**
 * Turns notifications into nudges. They are lost while the connection is, so each (re)connect nudges too.
 * Reconnects for ever: pg-listen's own default gives up after 3 s.
 */
export async function startListener(config: DatabaseConfig, queue: RefreshQueue, logger: Logger): Promise<Listener> {
  const options = { ...connectionOptions(config, 'messaging-listener'), query_timeout: 5_000 };
  const subscriber = pgListen.default(options, {
    retryTimeout: Number.POSITIVE_INFINITY,
    retryInterval: 500,
    paranoidChecking: 10_000, // a connection that is silent without being closed is noticed by this
    parse: (payload) => payload, // ours is empty; one that is not JSON must not raise an error
  });
  let connected = false;
  subscriber.events.on('connected', () => {
    connected = true;
    logger.info('listener connected');
    queue.nudge();
  });
  subscriber.events.on('reconnect', (attempt) => {
    connected = false;
    if (attempt === 1) logger.warn('listener lost its connection, reconnecting');
  });
  subscriber.events.on('error', (error) => logger.error({ err: error }, 'listener failed'));
  subscriber.notifications.on(CHANGES_CHANNEL, () => queue.nudge());
  await subscriber.connect();
  await subscriber.listenTo(CHANGES_CHANNEL);
  return { isConnected: () => connected, close: () => subscriber.close() };
}
