import { startTestServer, type TestServer } from '@messaging/local/testing';
import { onCleanUp } from './clean-up.ts';

export type OwnPostgres = TestServer;

/** Starts a PostgreSQL server of a test's own, migrated; it ends with the test. */
export async function startOwnPostgres(): Promise<TestServer> {
  const server = await startTestServer();
  onCleanUp(server.close);
  return server;
}
