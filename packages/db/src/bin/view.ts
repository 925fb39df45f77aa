import {
  createLogger,
  databaseEnv,
  loadConfig,
  loadEnvFile,
  loggingEnv,
  runMain,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';
import { createPool } from '../pool.ts';
import { refreshRecentConversations } from '../refresh.ts';

const REFRESH_TIMEOUT_MS = 3_600_000;

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
    await pool.query('call count_lists()');
    const outcome = await refreshRecentConversations(database, { timeoutMs: REFRESH_TIMEOUT_MS });
    process.stdout.write(
      outcome.skipped
        ? 'Another process is refreshing recent_conversations; nothing was left to do.\n'
        : `Refreshed recent_conversations in ${(outcome.durationMs / 1_000).toFixed(1)} s, ${outcome.changesSeen} pending changes seen.\n`,
    );
  } finally {
    await pool.end();
  }
});
