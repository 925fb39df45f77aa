import { databaseEnv, loadConfig, loadEnvFile, runMain, toDatabaseConfig } from '@messaging/shared';
import { z } from 'zod';
import { migrateQueue } from '../queue-schema.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object(databaseEnv), process.env);
  await migrateQueue({ database: toDatabaseConfig(env) });
  process.stdout.write('The schema of the job queue is up to date.\n');
});
