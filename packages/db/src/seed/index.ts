export {
  DatabaseNotEmptyError,
  InvalidSeedOptionsError,
  SeedInProgressError,
  SeedInterruptedError,
} from './errors.ts';
export { type SeedOptions, type SeedSummary, seedDatabase } from './load.ts';
export { type SeedProgress, silentProgress } from './progress.ts';
