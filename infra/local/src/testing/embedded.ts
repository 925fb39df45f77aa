import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import type { PostgresMajor } from '../postgres-binaries.ts';
import { testSettings } from '../postgres-settings.ts';
import type { TestServices } from './test-services.ts';

/** PostgreSQL from npm in a temporary folder, and no Redis. @param reason why it is not containers */
export async function startEmbedded(major: PostgresMajor, reason: string): Promise<TestServices> {
  const dataDir = await mkdtemp(join(tmpdir(), 'messaging-tests-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, major, port: 0, settings: testSettings(), say: () => {} });
    return {
      description: `embedded PostgreSQL ${postgres.version}, BullMQ on PostgreSQL (${reason})`,
      databaseUrl: postgres.connectionString,
      close: async () => {
        await postgres.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
