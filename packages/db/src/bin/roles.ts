import { databaseEnv, loadConfig, loadEnvFile, runMain, toDatabaseConfig } from '@messaging/shared';
import { z } from 'zod';
import { createRoles } from '../schema/roles.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object(databaseEnv), process.env);
  await createRoles(toDatabaseConfig(env).connectionString);
  process.stdout.write(
    'The roles messaging_migrator, messaging_app and messaging_reader are there; set their passwords.\n',
  );
});
