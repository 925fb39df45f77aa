export * from './env.ts';
export * from './errors.ts';
export { createLogger, type Logger } from './logger.ts';
export { parse, toIssues } from './parse.ts';
export { createReleaseStack, type ReleaseStack, type Running } from './release-stack.ts';
export { closeOnSignal, runMain } from './shutdown.ts';
