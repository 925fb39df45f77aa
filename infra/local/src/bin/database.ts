import { resolve } from 'node:path';
import { loadEnvFile, runMain } from '@messaging/shared';
import { runDatabaseTask } from '../database-task.ts';
import { forgetOtherServers } from '../other-servers.ts';
import { loadLocalSettings } from '../settings.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const ownEnv = process.env;
  const settings = loadLocalSettings(ownEnv);
  if (!settings.connectionString) forgetOtherServers(ownEnv);
  const [task = '', ...args] = process.argv.slice(2);
  process.exitCode = await runDatabaseTask(settings, {
    task,
    args,
    dataDir: resolve('.data'),
    env: { ...ownEnv },
    say: (line) => process.stderr.write(`${line}\n`),
  });
});
