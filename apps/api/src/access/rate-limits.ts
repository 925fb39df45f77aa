import type { Logger, Running } from '@messaging/shared';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit, type Store } from 'express-rate-limit';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import { sendProblem } from '../middleware/problem.ts';
import { isRead } from './authenticate.ts';
import { connectCounters, createSharedStore } from './shared-counters.ts';

const WINDOW_MS = 60_000;
/** Wrong keys that an address may send a minute where nothing else limits it. A client whose key is right sends none. */
const GUESSES_PER_MINUTE = 100;
/** What one household or office gets; more of an IPv6 address than that tells nobody apart. */
const IPV6_SUBNET_BITS = 56;

/** How many requests a client may send; 0: no limit. */
export interface RateLimitConfig {
  readsPerMinute: number;
  writesPerMinute: number;
  /** Where several processes count together. */
  redisUrl: string | undefined;
  prefix: string;
  /** How long a request waits for its count in Redis before this process counts it; 200 ms if not given. */
  redisTimeoutMs?: number;
}

declare global {
  namespace Express {
    interface Locals {
      /** A limit has counted the request. */
      isCounted?: boolean;
      /** The request came with a key, which is wrong. */
      isGuess?: boolean;
    }
  }
}

export interface RateLimits extends Running {
  /** Counts the request and answers 429 when there were too many; absent where nothing is limited. */
  middleware: RequestHandler | undefined;
  /** For a request that is to be refused because of its key, on whatever route: counts it if nothing has, and answers 429. */
  limitRefused: RequestHandler;
}

/**
 * Counts requests by key, or by address where there is no key, in Redis where there is one; while it is away each
 * process counts for itself. Says at start which it is.
 */
export async function startRateLimits(
  config: RateLimitConfig,
  logger: Logger,
  metrics: Pick<ApiMetrics, 'rateLimited'>,
): Promise<RateLimits> {
  const { readsPerMinute, writesPerMinute, redisUrl, prefix, redisTimeoutMs } = config;
  const isOn = readsPerMinute > 0 || writesPerMinute > 0;
  const counters = isOn && redisUrl ? await connectCounters(redisUrl, logger, redisTimeoutMs) : undefined;
  const countedIn = counters ? 'redis' : 'memory of this process';
  if (isOn) logger.info({ readsPerMinute, writesPerMinute, countedIn }, 'rate limits are on');
  const stores: Store[] = [];
  const limit = (name: LimitName, perMinute: number): RequestHandler => {
    if (perMinute === 0) return pass;
    const store = counters ? createSharedStore(counters, `${prefix}:rate:${name}:`) : new MemoryStore();
    stores.push(store);
    return createLimit(name, perMinute, store, () => metrics.rateLimited(name));
  };
  const [reads, writes] = [limit('reads', readsPerMinute), limit('writes', writesPerMinute)];
  const guesses = limit('guesses', GUESSES_PER_MINUTE);
  const count: RequestHandler = (req, res, next) => {
    const limitOfMethod = isRead(req) ? reads : writes;
    res.locals.isCounted = limitOfMethod !== pass;
    return limitOfMethod(req, res, next);
  };
  return {
    middleware: isOn ? count : undefined,
    limitRefused(req, res, next) {
      if (res.locals.isCounted) return next();
      return count(req, res, () => (res.locals.isGuess && !res.locals.isCounted ? guesses(req, res, next) : next()));
    },
    async close() {
      for (const store of stores) await store.shutdown?.();
      await counters?.close();
    },
  };
}

const pass: RequestHandler = (_req, _res, next) => next();

type LimitName = Parameters<ApiMetrics['rateLimited']>[0];

function createLimit(name: LimitName, perMinute: number, store: Store, onRefused: () => void): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    store,
    keyGenerator: clientOf,
    validate: false, // its checks are of how it is set up, and anyone's header could make it print one
    handler: (_req, res) => {
      onRefused();
      sendProblem(res, 'rate_limited', `More than ${perMinute} ${name} in a minute. Try again after Retry-After.`);
    },
  });
}

function clientOf(req: Request, res: Response): string {
  const { client } = res.locals;
  return client ? `key:${client.name}` : `address:${ipKeyGenerator(req.ip ?? '', IPV6_SUBNET_BITS)}`;
}
