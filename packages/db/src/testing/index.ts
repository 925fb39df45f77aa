export { type ConcurrencyOutcome, runConcurrently } from './concurrency/run.ts';
export { createTestDatabase, type TestDatabase } from './database.ts';
