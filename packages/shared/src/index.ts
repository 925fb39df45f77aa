export * from './contracts/index.ts';
export * from './runtime/common-env.ts';
export { decodeCursor, encodeCursor } from './runtime/cursor.ts';
export * from './runtime/env.ts';
export * from './runtime/errors.ts';
export { toLoggableError } from './runtime/loggable-error.ts';
export { createLogger, type Logger } from './runtime/logger.ts';
export { createMetrics, type Metrics } from './runtime/metrics.ts';
export { nearestName } from './runtime/nearest-name.ts';
export { createOutageLog, type OutageLog } from './runtime/outage-log.ts';
export { parse, parseAll, parseQuery, toIssues } from './runtime/parse.ts';
export { readJsonObject } from './runtime/read-json.ts';
export { reasonOf } from './runtime/reason-of.ts';
export { createReleaseStack, type ReleaseStack, type Running, startOrRelease } from './runtime/release-stack.ts';
export { toRequestId } from './runtime/request-id.ts';
export { safeMessage } from './runtime/safe-message.ts';
export { shareRunning } from './runtime/share-running.ts';
export { closeOnSignal, runMain } from './runtime/shutdown.ts';
export { startTracing, type TracingConfig } from './runtime/start-tracing.ts';
export { toProblem } from './runtime/to-problem.ts';
export {
  type SpanStart,
  type TraceSpan,
  type Tracing,
  traced,
} from './runtime/tracing.ts';
export { toTracingConfig, tracingEnv } from './runtime/tracing-env.ts';
export { waitAtMost } from './runtime/wait-at-most.ts';
