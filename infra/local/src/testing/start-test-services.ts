import { migrate } from '@messaging/db';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { NoContainersError, startContainers } from './containers.ts';
import { startEmbedded } from './embedded.ts';
import { readTestPostgres } from './test-postgres.ts';
import type { TestServices } from './test-services.ts';

const CHOICES = ['auto', 'containers', 'embedded'] as const;
const TEMPLATE = 'template_messaging';

/**
 * Starts PostgreSQL, and Redis where there are containers, and migrates the database that tests are cloned from.
 * `auto` takes containers where a Docker engine answers and has or gets the images, else the embedded PostgreSQL.
 */
export async function startTestServices(choice = 'auto'): Promise<TestServices> {
  const services = await startChosen(choice);
  try {
    await createTemplate(services.databaseUrl);
    return services;
  } catch (error) {
    await services.close();
    throw error;
  }
}

async function startChosen(choice: string): Promise<TestServices> {
  if (!CHOICES.some((known) => known === choice)) {
    throw new Error(`TEST_SERVICES must be one of ${CHOICES.join(', ')}`);
  }
  const major = readTestPostgres();
  if (choice === 'embedded') return startEmbedded(major, 'TEST_SERVICES=embedded');
  try {
    return await startContainers(major);
  } catch (error) {
    if (choice === 'auto' && error instanceof NoContainersError) return startEmbedded(major, error.message);
    throw error;
  }
}

async function createTemplate(adminUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${TEMPLATE}`);
    const url = new URL(adminUrl);
    url.pathname = `/${TEMPLATE}`;
    await migrate(url.href, createLogger({ level: 'warn', pretty: false }, 'test-services'));
  } finally {
    await admin.end();
  }
}
