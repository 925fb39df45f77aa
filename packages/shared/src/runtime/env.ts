import { existsSync } from 'node:fs';
import { z } from 'zod';
import { toIssues } from './parse.ts';

/** The environment does not satisfy the schema; `problems` has one line per variable, never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Parses settings from `env` by `schema`, which may transform them into nested objects. The result is deeply frozen. An
 * empty variable counts as unset. @throws ConfigError listing every problem by variable name
 */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return freezeDeeply(result.data) as Readonly<z.output<Schema>>;
  throw new ConfigError(toIssues(result.error).map(({ path, message }) => `${path}: ${message}`));
}

/** Freezes objects and arrays. Buffers, which cannot be frozen, and instances of classes are left as they are. */
function freezeDeeply<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return value;
  for (const part of Object.values(value)) freezeDeeply(part);
  return Object.freeze(value);
}

/**
 * Adds the variables of a `.env` file in the working folder, if there is one. Variables that are already set take
 * precedence.
 */
export function loadEnvFile(path = '.env'): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

/** A whole number within bounds, e.g. `integer(1, 65535).default(3000)`. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

export const decimal = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,6})?$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

/** A TCP port; 0 lets the system choose a free one. */
export const port = () => integer(0, 65_535);

/** A duration in milliseconds. */
export const durationMs = (min: number, max: number) => integer(min, max);

const url = (protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );

/** The URL of a PostgreSQL database. */
export const postgresUrl = () => url(['postgres:', 'postgresql:']);

/** The URL of a Redis server. */
export const redisUrl = () => url(['redis:', 'rediss:']);

/** An address of a web server. */
export const httpUrl = () => url(['http:', 'https:']);
