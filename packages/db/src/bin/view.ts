import { setTimeout as wait } from 'node:timers/promises';
import {
  createLogger,
  type DatabaseConfig,
  databaseEnv,
  loadConfig,
  loadEnvFile,
  loggingEnv,
  runMain,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';
import { createPool } from '../connection/pool.ts';
import { countLists } from '../refresh/count-lists.ts';
import { refreshRecentConversations } from '../refresh/refresh.ts';

const REFRESH_TIMEOUT_MS = 3_600_000;
const ASK_AGAIN_MS = 200;

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object({ ...databaseEnv, ...loggingEnv }), process.env);
  const database = toDatabaseConfig(env);
  const pool = createPool(
    { ...database, statementTimeoutMs: REFRESH_TIMEOUT_MS },
    createLogger(toLoggingConfig(env), 'view'),
    'messaging-view',
  );
  try {
    await pool.query('call build_recent_conversations()');
    const { durationMs, changesSeen } = await refresh(database);
    await countLists(pool, () => process.stdout.write('Waiting for transactions that write, to count the lists.\n'));
    process.stdout.write(
      `Refreshed recent_conversations in ${(durationMs / 1_000).toFixed(1)} s, ${changesSeen} pending changes seen.\n`,
    );
  } finally {
    await pool.end();
  }
});

/**
 * Waits for a running refresh of another process, then refreshes. The other one may have begun before the latest
 * changes.
 */
async function refresh(database: DatabaseConfig) {
  for (;;) {
    const outcome = await refreshRecentConversations(database, { timeoutMs: REFRESH_TIMEOUT_MS });
    if (!outcome.skipped) return outcome;
    await wait(ASK_AGAIN_MS);
  }
}
