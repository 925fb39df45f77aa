import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from './logger.ts';
import { createOutageLog } from './outage-log.ts';
import type { SpanStart, TraceSpan, Tracing } from './tracing.ts';
import { waitAtMost } from './wait-at-most.ts';

const CLOSE_TIMEOUT_MS = 2_000;
const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;
const propagator = new W3CTraceContextPropagator();

/**
 * Sends spans over OTLP/HTTP as JSON. The library reads the standard variables for the address, sampling and names.
 * Nothing global is registered, so two apps in one process are independent. `close` sends the remaining spans within 2
 * s.
 */
export function startOpenTelemetry(serviceName: string, logger: Logger): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(createExporter(logger));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('messaging-backend');
  const current = new AsyncLocalStorage<Context>();

  function begin<Result>(
    { name, kind = 'internal', parent, attributes }: SpanStart,
    work: (span: Span) => Result,
  ): Result {
    const above = parent === undefined ? (current.getStore() ?? ROOT_CONTEXT) : toContext(parent);
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: attributes as Attributes }, above);
    return current.run(trace.setSpan(ROOT_CONTEXT, span), () => work(span));
  }

  return {
    start: (start, work) => begin(start, (span) => work(toTraceSpan(span))),
    run: (start, work) =>
      begin(start, async (span) => {
        const traceSpan = toTraceSpan(span);
        try {
          return await work(traceSpan);
        } catch (error) {
          traceSpan.fail((error as Error | undefined)?.name);
          throw error;
        } finally {
          span.end();
        }
      }),
    current: () => toTraceparent(current.getStore()),
    close: () => waitAtMost(CLOSE_TIMEOUT_MS, provider.shutdown(), undefined),
  };
}

function toTraceSpan(span: Span): TraceSpan {
  return {
    set: (attributes) => void span.setAttributes(attributes as Attributes),
    rename: (name) => void span.updateName(name),
    fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) }),
    end: () => span.end(),
    traceparent: toTraceparent(trace.setSpan(ROOT_CONTEXT, span)),
  };
}

const toContext = (traceparent: string): Context =>
  propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);

function toTraceparent(context: Context | undefined): string | undefined {
  const span = context && trace.getSpan(context);
  if (!span?.isRecording()) return undefined;
  const carrier: { traceparent?: string } = {};
  propagator.inject(context as Context, carrier, defaultTextMapSetter);
  return carrier.traceparent;
}

/** An outage of the collector produces two log lines. Spans of that time are lost. */
function createExporter(logger: Logger): SpanExporter {
  const exporter = new OTLPTraceExporter();
  const outage = createOutageLog(logger, 'trace collector');
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) outage.worked();
        else outage.failed(result.error);
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
