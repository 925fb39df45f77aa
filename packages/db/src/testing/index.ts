export { type ConcurrencyOutcome, runConcurrently } from './concurrency/run.ts';
export { createTestDatabase, NOT_MIGRATED, type TestDatabase } from './database.ts';
