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
import { migrate } from '../schema/migrate.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object({ ...databaseEnv, ...loggingEnv }), process.env);
  const applied = await migrate(toDatabaseConfig(env).connectionString, createLogger(toLoggingConfig(env), 'migrate'));
  process.stdout.write(applied.length > 0 ? `Applied ${applied.join(', ')}.\n` : 'The database is up to date.\n');
});
