import { isIP } from 'node:net';
import { integer } from '@messaging/shared';
import { z } from 'zod';
import { type ApiKey, parseApiKeys } from './api-keys.ts';

/** What Express takes as `trust proxy`: a number of hops, or the addresses of the proxies. */
export type TrustProxy = false | number | string[];

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
const NAMED_SUBNETS = new Set(['loopback', 'linklocal', 'uniquelocal']);

const apiKeys = z.string().transform((text, context): ApiKey[] => {
  const { keys, problems } = parseApiKeys(text);
  for (const message of problems) context.addIssue({ code: 'custom', message });
  return keys;
});

const corsOrigins = z.string().transform((text, context): string[] => {
  const origins = toList(text);
  for (const [index, origin] of origins.entries()) {
    if (isOrigin(origin)) continue;
    const message = `entry ${index + 1} must be an exact origin, like https://app.example: no path, no wildcard`;
    context.addIssue({ code: 'custom', message });
  }
  return origins;
});

const trustProxy = z.string().transform((text, context): TrustProxy => {
  if (['off', 'false', '0'].includes(text)) return false;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const proxies = toList(text);
  if (proxies.length > 0 && proxies.every(isSubnet)) return proxies;
  const message =
    'must be off, a number of proxies, or their addresses or subnets, comma-separated; trusting every sender is unsafe';
  context.addIssue({ code: 'custom', message });
  return false;
});

/** Who may come in, how often, and from where. */
export const accessEnv = {
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address the API listens on; only loopback unless there are `API_KEYS`, or `AUTH=off`'),
  AUTH: z
    .enum(['required', 'off'], 'must be required or off')
    .default('required')
    .describe('`off`: without keys, serve addresses beyond loopback to everyone who reaches them'),
  API_KEYS: apiKeys
    .optional()
    .describe('Keys as `name:sha256hex:scopes`, comma-separated, scopes of `read`, `write`, `admin` joined by `+`'),
  CORS_ORIGINS: corsOrigins
    .optional()
    .describe('Origins whose pages may call the API from a browser, comma-separated; without it none may'),
  TRUST_PROXY: trustProxy
    .optional()
    .describe('Whose `X-Forwarded-For` is believed: a number of proxies, or their addresses or subnets; else nobody’s'),
  RATE_LIMIT_READS_PER_MINUTE: integer(0, 100_000_000)
    .default(0)
    .describe('Reads a minute for each key, or address without one; 0: no limit'),
  RATE_LIMIT_WRITES_PER_MINUTE: integer(0, 100_000_000)
    .default(0)
    .describe('Commands a minute for each key, or address without one; 0: no limit'),
};

type AccessEnv = z.output<z.ZodObject<typeof accessEnv>>;

/** One problem of the settings taken together, or none. */
export function findAccessProblem(env: AccessEnv): { path: string[]; message: string } | undefined {
  if (env.API_KEYS && env.AUTH === 'off') {
    return { path: ['AUTH'], message: 'contradicts API_KEYS: unset one of the two' };
  }
  if (env.API_KEYS || env.AUTH === 'off' || LOOPBACK.test(env.HOST)) return undefined;
  const message =
    'is not a loopback address, and there are no API_KEYS: set them, or AUTH=off to serve everyone who reaches it';
  return { path: ['HOST'], message };
}

/** How the API is guarded. */
export interface AccessConfig {
  keys: ApiKey[];
  /** No keys, and loopback only: browsers are held to names of this machine. */
  localOnly: boolean;
  corsOrigins: readonly string[];
  trustProxy: TrustProxy;
}

export function toAccessConfig(env: AccessEnv): AccessConfig {
  return {
    keys: env.API_KEYS ?? [],
    localOnly: !env.API_KEYS && env.AUTH !== 'off',
    corsOrigins: env.CORS_ORIGINS ?? [],
    trustProxy: env.TRUST_PROXY ?? false,
  };
}

function toList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

function isSubnet(text: string): boolean {
  if (NAMED_SUBNETS.has(text)) return true;
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || (Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128)));
}
