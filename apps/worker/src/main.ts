import { closeOnSignal, createLogger, loadConfig, loadEnvFile, runMain } from '@messaging/shared';
import { workerConfig } from './config.ts';
import { startWorker } from './worker.ts';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const config = loadConfig(workerConfig, process.env);
  const logger = createLogger(config.logging, 'worker');
  closeOnSignal(await startWorker(config, logger), { logger, timeoutMs: config.shutdownTimeoutMs });
});
