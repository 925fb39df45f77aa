export { type LoadProgress, silentProgress } from '../bulk-load/progress.ts';
export {
  DatabaseNotEmptyError,
  InvalidSeedOptionsError,
  SeedInProgressError,
  SeedInterruptedError,
} from './errors.ts';
export { type SeedOptions, type SeedSummary, seedDatabase } from './seed-database.ts';
