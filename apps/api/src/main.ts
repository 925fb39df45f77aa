import { closeOnSignal, createLogger, loadConfig, loadEnvFile, runMain } from '@messaging/shared';
import { startApi } from './api.ts';
import { apiConfig } from './config.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const config = loadConfig(apiConfig, process.env);
  const logger = createLogger(config.logging, 'api');
  closeOnSignal(await startApi(config, logger), { logger, timeoutMs: config.shutdownTimeoutMs });
});
