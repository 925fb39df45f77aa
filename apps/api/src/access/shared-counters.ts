import type { Logger, Running } from '@messaging/shared';
import { MemoryStore, type Options, type Store } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { type RedisReply, RedisStore } from 'rate-limit-redis';

/** A request waits no longer for its count, unless the caller says otherwise. */
const COMMAND_TIMEOUT_MS = 200;
/** After a failure nobody asks Redis for this long, so that only few requests wait for one that hangs. */
const REST_MS = 1_000;

/** Redis, as what counts in it needs it: a command fails soon when it is away. */
export interface Counters extends Running {
  send: (...command: string[]) => Promise<RedisReply>;
}

/** Connects to Redis, and goes on without it for now where it does not answer. Logs when it goes away and comes back. */
export async function connectCounters(
  redisUrl: string,
  logger: Logger,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
): Promise<Counters> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 1_000,
    connectionName: 'messaging-api',
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  redis.on('error', () => {}); // said once, when a count fails
  let isUnavailable = false;
  let restUntilMs = 0;
  const rest = (error: unknown) => {
    restUntilMs = performance.now() + REST_MS;
    if (isUnavailable) return;
    isUnavailable = true;
    logger.warn({ err: error }, 'Redis does not answer: each process counts for itself');
  };
  await redis.connect().catch(rest);
  const send = async (...[name = '', ...args]: string[]): Promise<RedisReply> => {
    if (performance.now() < restUntilMs) throw new Error('Redis did not answer a moment ago');
    try {
      const reply = (await redis.call(name, ...args)) as RedisReply;
      if (isUnavailable) logger.info('Redis answers again: requests are counted there');
      isUnavailable = false;
      return reply;
    } catch (error) {
      rest(error);
      throw error;
    }
  };
  return { send, close: async () => redis.disconnect() };
}

/** A store in Redis that counts in memory while Redis is away: a limit that stops holding then would invite that. */
export function createSharedStore(counters: Counters, prefix: string): Store {
  const shared = new RedisStore({ prefix, sendCommand: withWholeScripts(counters.send) });
  const own = new MemoryStore();
  return {
    prefix,
    init(options: Options) {
      own.init(options);
      return shared.init(options);
    },
    increment: (key) => shared.increment(key).catch(() => own.increment(key)),
    decrement: (key) => shared.decrement(key).catch(() => own.decrement(key)),
    resetKey: (key) => shared.resetKey(key).catch(() => own.resetKey(key)),
    shutdown: () => own.shutdown(),
  };
}

/**
 * Sends the script itself instead of its hash. The store loads its scripts only once, so it would never count again if
 * Redis was unavailable at that moment.
 */
const withWholeScripts =
  (send: Counters['send']): Counters['send'] =>
  async (name = '', ...args) => {
    if (name === 'SCRIPT') return args[1] ?? ''; // what the store then takes for the hash
    return send(name === 'EVALSHA' ? 'EVAL' : name, ...args);
  };
