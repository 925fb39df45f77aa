import { resolve } from 'node:path';
import { loadEnvFile, runMain } from '@messaging/shared';
import { forgetOtherServers } from './other-servers.ts';
import { loadLocalSettings } from './settings.ts';
import { runStack } from './stack.ts';

await runMain(async () => {
  loadEnvFile();
  process.stdout.on('error', () => {}); // the terminal may be closed before everything has stopped
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const ownEnv = process.env;
  const settings = loadLocalSettings(ownEnv);
  if (!settings.connectionString) forgetOtherServers(ownEnv);
  const env = { LOG_PRETTY: String(process.stdout.isTTY === true), ...ownEnv };
  await runStack(settings, {
    dataDir: resolve('.data'),
    env,
    reload: process.argv[2] === 'dev',
    say: (line) => process.stdout.write(`${line}\n`),
  });
  process.exit(0);
});
