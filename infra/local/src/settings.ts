import { databaseEnv, loadConfig, port, shutdownEnv, toDatabaseConfig } from '@messaging/shared';
import { z } from 'zod';

const DEFAULT_API_PORT = 3_000;
const DEFAULT_WORKER_PORT = 3_001;

/** What the launcher itself has to know of the settings; API and worker read theirs from the same environment. */
export interface LocalSettings {
  /** A database of the user's own; without it the embedded one is started. */
  connectionString: string | undefined;
  apiPort: number;
  /** Only a port that the user chose is insisted on. */
  workerPort: { number: number; chosen: boolean };
  shutdownTimeoutMs: number;
}

const localEnv = z.object({
  ...databaseEnv,
  ...shutdownEnv,
  PORT: port().default(DEFAULT_API_PORT),
  WORKER_PORT: port().optional(),
});

/** @throws ConfigError with every problem */
export function loadLocalSettings(env: NodeJS.ProcessEnv): LocalSettings {
  const { PORT, WORKER_PORT, SHUTDOWN_TIMEOUT_MS, ...database } = loadConfig(localEnv, env);
  const isExternal = Boolean(env.DATABASE_URL || env.DB_HOST);
  return {
    connectionString: isExternal ? toDatabaseConfig(database).connectionString : undefined,
    apiPort: PORT,
    workerPort: { number: WORKER_PORT ?? DEFAULT_WORKER_PORT, chosen: WORKER_PORT !== undefined },
    shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
  };
}
