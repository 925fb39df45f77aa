import type { Logger } from './logger.ts';
import type { Tracing } from './tracing.ts';

/** Whether traces are wanted. How they are sent is for the standard variables to say. */
export interface TracingConfig {
  enabled: boolean;
}

/** Starts tracing where it is wanted; OpenTelemetry's SDK is not loaded where it is not. */
export async function startTracing(
  { enabled }: TracingConfig,
  serviceName: string,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (!enabled) return undefined;
  const { startOpenTelemetry } = await import('./open-telemetry.ts');
  const tracing = startOpenTelemetry(serviceName, logger);
  logger.info({ serviceName }, 'traces are sent');
  return tracing;
}
