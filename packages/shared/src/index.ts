export * from './common-env.ts';
export * from './contracts/commands.ts';
export * from './contracts/contacts.ts';
export * from './contracts/conversations.ts';
export * from './contracts/health.ts';
export * from './contracts/messages.ts';
export * from './contracts/pagination.ts';
export { withoutInvisible } from './contracts/phone-number.ts';
export * from './contracts/problem.ts';
export * from './contracts/problem-codes.ts';
export * from './env.ts';
export * from './errors.ts';
export { toLoggableError } from './loggable-error.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createOutageLog, type OutageLog } from './outage-log.ts';
export { parse, parseAll, parseQuery, toIssues } from './parse.ts';
export { reasonOf } from './reason-of.ts';
export { createReleaseStack, type ReleaseStack, type Running, startOrRelease } from './release-stack.ts';
export { toRequestId } from './request-id.ts';
export { messageOf } from './safe-message.ts';
export { shareRunning } from './share-running.ts';
export { closeOnSignal, runMain } from './shutdown.ts';
export {
  type SpanStart,
  startTracing,
  type TraceSpan,
  type Tracing,
  type TracingConfig,
  traced,
} from './tracing/tracing.ts';
export { toTracingConfig, tracingEnv } from './tracing/tracing-env.ts';
export { within } from './within.ts';
