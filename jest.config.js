import { findPgBouncer } from './e2e/faults/pooler/find-pgbouncer.mjs';
import { hasEngine } from './e2e/stack/has-engine.mjs';

/** Shared by all suites: TypeScript sources of the whole workspace as native ES modules, compiled one by one. */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['messaging-source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, sourceMaps: 'inline' }],
  },
};

const services = {
  globalSetup: '<rootDir>/jest.global-setup.ts',
  globalTeardown: '<rootDir>/jest.global-teardown.ts',
};

/** Builds the image and starts the compose stack, so it is there only where the run is to use a Docker engine. */
const stack = {
  ...common,
  displayName: 'stack',
  globalSetup: '<rootDir>/e2e/stack/global-setup.ts',
  globalTeardown: '<rootDir>/e2e/stack/global-teardown.ts',
  testMatch: ['<rootDir>/e2e/stack/*.test.ts'],
};
// biome-ignore lint/style/noProcessEnv: as jest.global-setup.ts reads it
const withStack = hasEngine(process.env.TEST_SERVICES || undefined);

/** Starts PgBouncer, so it is there only where that is installed. */
const pooler = {
  ...common,
  ...services,
  displayName: 'pooler',
  testMatch: ['<rootDir>/e2e/faults/pooler/*.e2e.test.ts'],
};

/** Jest starts the services once a run, and only for a run that has tests other than `unit`. */
export default {
  /** Of a machine that is five times slower than a developer's; what fails is waited for no longer than `eventually` does. */
  testTimeout: 120_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{apps,packages,infra}/*/src/**/*.test.ts',
        '<rootDir>/infra/*/*.test.ts',
        '<rootDir>/docs/*.test.ts',
      ],
    },
    {
      ...common,
      ...services,
      displayName: 'int',
      testMatch: ['<rootDir>/{apps,packages,infra}/*/test/**/*.int.test.ts'],
    },
    { ...common, ...services, displayName: 'e2e', testMatch: ['<rootDir>/e2e/*.e2e.test.ts'] },
    { ...common, ...services, displayName: 'console', testMatch: ['<rootDir>/e2e/console/*.e2e.test.ts'] },
    { ...common, ...services, displayName: 'faults', testMatch: ['<rootDir>/e2e/faults/*.e2e.test.ts'] },
    { ...common, ...services, displayName: 'queue-faults', testMatch: ['<rootDir>/e2e/faults/queue/*.e2e.test.ts'] },
    ...(findPgBouncer() ? [pooler] : []),
    ...(withStack ? [stack] : []),
  ],
};
