import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Running } from '@messaging/shared';
import pg from 'pg';

const TEMPLATE = 'template_messaging';
const OBJECT_IN_USE = '55006';
const CLONE_DEADLINE_MS = 30_000;

export interface TestDatabase extends Running {
  connectionString: string;
}

/** A database without the schema of this service. */
export const NOT_MIGRATED = 'template0';

/** A migrated, empty database, cloned from the template of the test run, or from another one. `close` drops it. */
export async function createTestDatabase(template = TEMPLATE): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await clone(name, template);
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return {
    connectionString: url.href,
    close: () => asAdmin(async (admin) => void (await admin.query(`drop database if exists ${name} with (force)`))),
  };
}

/** PostgreSQL clones a database only while it has no connections, and a maintenance worker may connect for a moment. */
async function clone(name: string, template: string): Promise<void> {
  const deadline = performance.now() + CLONE_DEADLINE_MS;
  for (;;) {
    try {
      return await asAdmin(async (admin) => void (await admin.query(`create database ${name} template ${template}`)));
    } catch (error) {
      const busy = (error as { code?: string }).code === OBJECT_IN_USE;
      if (!busy || performance.now() > deadline) throw error;
      await wait(50);
    }
  }
}

async function asAdmin(work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function adminUrl(): string {
  // biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
  const url = process.env.TEST_DATABASE_URL;
  if (url) return url;
  throw new Error(
    'TEST_DATABASE_URL is not set: only suites that are started with services (int, e2e) have a database',
  );
}
