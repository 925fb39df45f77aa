import {
  changesEnv,
  databaseEnv,
  durationMs,
  integer,
  loggingEnv,
  port,
  postgresUrl,
  redisEnv,
  shutdownEnv,
  tracingEnv,
} from '@messaging/shared';
import { z } from 'zod';
import { accessEnv } from './access/access-env.ts';

/** The environment variables of the API, as documented in docs/configuration.md. */
export const apiEnv = z.object({
  ...databaseEnv,
  ...redisEnv,
  ...accessEnv,
  ...loggingEnv,
  ...tracingEnv,
  ...shutdownEnv,
  ...changesEnv,
  PORT: port().default(3_000).describe('Port of the API'),
  MAX_CONNECTIONS: integer(1, 1_000_000)
    .default(20_000)
    .describe('Connections the API has open at most; more are closed at once'),
  HEADERS_TIMEOUT_MS: durationMs(100, 600_000)
    .default(20_000)
    .describe('How long the headers of a request may take to arrive'),
  BODY_TIMEOUT_MS: durationMs(100, 3_600_000)
    .default(30_000)
    .describe('How long the body of a request may take to arrive; a streamed one, how long it may pause'),
  BODY_MEMORY_MB: integer(32, 1_000_000)
    .default(64)
    .describe(
      'MiB of request bodies a process holds at once; beyond it a command is answered 503. Larger bodies may use three quarters of it, imports half',
    ),
  KEEP_ALIVE_TIMEOUT_MS: durationMs(0, 3_600_000)
    .default(65_000)
    .describe('How long an idle connection is kept; longer than a load balancer in front keeps it'),
  DATABASE_READ_URL: postgresUrl()
    .optional()
    .describe(
      'A streaming replica of the database, for reads: they are as fresh as it is, and `Replica-Lag-Ms` says how fresh',
    ),
  REPLICA_MAX_LAG_MS: durationMs(1_000, 3_600_000)
    .default(10_000)
    .describe('Reads go to the primary while the replica is further behind than this'),
  START_TIMEOUT_MS: durationMs(0, 3_600_000).default(60_000).describe('How long a start waits for the database'),
  SEARCH_POOL_SIZE: integer(1, 100)
    .default(3)
    .describe('Connections for searches at most, somewhat more than cores: they cannot take those of the other reads'),
  COMMAND_POOL_SIZE: integer(1, 100).default(4).describe('Connections for commands at most, but for imports'),
  SEARCH_TIMEOUT_MS: durationMs(100, 600_000)
    .default(10_000)
    .describe('A statement of a search is cancelled after this time, and the search answered with 503'),
  IMPORT_POOL_SIZE: integer(1, 100)
    .default(2)
    .describe(
      'Batches of imports that are stored at once; others wait up to 30 s for their turn, and their import is then answered with 503',
    ),
  QUEUE_DASHBOARD: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .describe('`true`: show the job queue at `/admin/queues`, to keys with the scope `admin` where there are keys'),
  CHANGES_MAX_READERS: integer(1, 1_000_000)
    .default(5_000)
    .describe('Readers of the live changes of a process at most; more are answered 503'),
  CHANGES_MAX_READERS_PER_KEY: integer(1, 1_000_000)
    .default(1_000)
    .describe('Of them with the same key; more are answered 429'),
  SHUTDOWN_DRAIN_MS: durationMs(0, 60_000)
    .default(0)
    .describe('How long `/readyz` answers 503 before the server stops accepting, for a load balancer to notice'),
});
