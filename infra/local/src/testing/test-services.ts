import type { Running } from '@messaging/shared';

/** What integration tests run against. */
export interface TestServices extends Running {
  /** What was started, for people. */
  description: string;
  /** A superuser's connection, from which tests clone the migrated template database. */
  databaseUrl: string;
  redisUrl?: string;
}
