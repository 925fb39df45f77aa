/** The options contradict each other. The message explains how. */
export class InvalidSeedOptionsError extends Error {
  override readonly name = 'InvalidSeedOptionsError';
}

/** The database contains data, and `--reset` was not given. */
export class DatabaseNotEmptyError extends Error {
  override readonly name = 'DatabaseNotEmptyError';

  /** @param held the data that was found, such as `about 5,000,000 messages` */
  constructor(held: string) {
    super(`Nothing was loaded: the database already contains ${held}. Use --reset to replace them.`);
  }
}

/** Another seed is running in the same database. */
export class SeedInProgressError extends Error {
  override readonly name = 'SeedInProgressError';

  constructor() {
    super('Another seed is loading this database. Wait until it has finished, or stop it; then try again.');
  }
}

/** The seed was cancelled. `isLoaded` is true if the data was already committed. */
export class SeedInterruptedError extends Error {
  override readonly name = 'SeedInterruptedError';
  readonly isLoaded: boolean;

  constructor(isLoaded: boolean, options?: ErrorOptions) {
    super(
      isLoaded
        ? 'Interrupted after everything was loaded: the worker will build the search segments that are missing, autovacuum the statistics.'
        : 'Interrupted: the database holds what it held before, nothing of this seed was kept.',
      options,
    );
    this.isLoaded = isLoaded;
  }
}
