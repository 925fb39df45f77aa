import { forgetOtherServers, startTestServices } from '@messaging/local/testing';

/** Starts PostgreSQL (and Redis) once for all suites of a run, and tells the workers by environment variables. */
export default async function startServices(): Promise<void> {
  const { env } = process;
  forgetOtherServers(env);
  const services = await startTestServices(env.TEST_SERVICES || undefined);
  process.stdout.write(`test services: ${services.description}\n`);
  env.TEST_DATABASE_URL = services.databaseUrl;
  if (services.redisUrl) env.TEST_REDIS_URL = services.redisUrl;
  else delete env.TEST_REDIS_URL;

  let closing: Promise<void> | undefined;
  globalThis.closeTestServices = () => {
    closing ??= services.close();
    return closing;
  };
  // Jest ends at once on Ctrl-C; containers and a server that is no part of its process group would stay.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void globalThis.closeTestServices().finally(() => process.exit(1)));
  }
}

declare global {
  var closeTestServices: () => Promise<void>;
}
