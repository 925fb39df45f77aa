import { resolve } from 'node:path';
import { loadEnvFile, runMain } from '@messaging/shared';
import { runDatabaseTask } from '../database-task.ts';
import { loadLocalSettings } from '../settings.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = { ...process.env };
  const [task = '', ...args] = process.argv.slice(2);
  process.exitCode = await runDatabaseTask(loadLocalSettings(env), {
    task,
    args,
    dataDir: resolve('.data'),
    env,
    say: (line) => process.stderr.write(`${line}\n`),
  });
});
