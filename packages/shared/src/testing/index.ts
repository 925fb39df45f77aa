export { eventually } from './eventually.ts';
export { createTestLogger } from './test-logger.ts';
