import { z } from 'zod';
import { httpUrl } from './env.ts';
import type { TracingConfig } from './start-tracing.ts';

/** The standard variables that enable traces. OpenTelemetry reads its other variables itself. */
export const tracingEnv = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl()
    .optional()
    .describe('Where traces go, by OTLP/HTTP as JSON; without an endpoint there are none'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl().optional().describe('The same with the whole path, for traces alone'),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'], 'must be otlp or none')
    .optional()
    .describe('`otlp`: trace, to `http://localhost:4318` without an endpoint; `none`: do not'),
  OTEL_SDK_DISABLED: z.string().optional().describe('`true`: no traces, whatever else is set'),
};

/** True if these variables enable traces. */
export function toTracingConfig(env: z.output<z.ZodObject<typeof tracingEnv>>): TracingConfig {
  const { OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = env;
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none') return { enabled: false };
  const endpoint = OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? OTEL_EXPORTER_OTLP_ENDPOINT;
  return { enabled: OTEL_TRACES_EXPORTER === 'otlp' || endpoint !== undefined };
}
