export {
  DatabaseNotEmptyError,
  InvalidSeedOptionsError,
  SeedInProgressError,
  SeedInterruptedError,
} from './errors.ts';
export { type SeedProgress, silentProgress } from './progress.ts';
export { type SeedOptions, type SeedSummary, seedDatabase } from './seed-database.ts';
