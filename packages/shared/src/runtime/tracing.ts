import type { Running } from './release-stack.ts';

/** Attributes of a step. */
export type TraceAttributes = Record<string, string | number | boolean | undefined>;

/** A running step of a trace. */
export interface TraceSpan {
  set: (attributes: TraceAttributes) => void;
  rename: (name: string) => void;
  /** Marks the step as failed, with the reason if it is known. */
  fail: (reason?: string) => void;
  end: () => void;
  /** The parent for steps elsewhere (W3C `traceparent`); undefined if this trace is not sampled. */
  traceparent: string | undefined;
}

/** Options of a new step. */
export interface SpanStart {
  name: string;
  kind?: 'server' | 'producer' | 'consumer' | 'internal';
  /** The parent step as a `traceparent`; by default the current step. A malformed value is ignored. */
  parent?: string | undefined;
  attributes?: TraceAttributes;
}

/** Records the steps of this process for a trace collector. */
export interface Tracing extends Running {
  /** Begins a step, which is current while `work` and what it awaits run. The caller ends it. */
  start: <Result>(start: SpanStart, work: (span: TraceSpan) => Result) => Result;
  /** Runs `work` as a step that ends with it, marked as failed if it rejects. @throws what `work` throws */
  run: <Result>(start: SpanStart, work: (span: TraceSpan) => Promise<Result>) => Promise<Result>;
  /** The `traceparent` of the current step; undefined without one, and if its trace is not sampled. */
  current: () => string | undefined;
}

/** Runs `work` as a step of the trace where there is tracing. @throws what `work` throws */
export function traced<Result>(
  tracing: Tracing | undefined,
  start: SpanStart,
  work: (span?: TraceSpan) => Promise<Result>,
): Promise<Result> {
  return tracing ? tracing.run(start, work) : work();
}
