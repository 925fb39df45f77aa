import type { Running } from './release-stack.ts';

/** What is known of a step. */
export type TraceAttributes = Record<string, string | number | boolean | undefined>;

/** A step of a trace that is under way. */
export interface TraceSpan {
  set: (attributes: TraceAttributes) => void;
  rename: (name: string) => void;
  /** Says that it failed, and as far as is known why. */
  fail: (reason?: string) => void;
  end: () => void;
  /** Where steps elsewhere go on from (W3C `traceparent`); undefined where this trace is not kept. */
  traceparent: string | undefined;
}

/** What a step begins with. */
export interface SpanStart {
  name: string;
  kind?: 'server' | 'producer' | 'consumer' | 'internal';
  /** The step that caused it, as a `traceparent`; without one, that which runs now. What is malformed counts as none. */
  parent?: string | undefined;
  attributes?: TraceAttributes;
}

/** Says what this process does for whom, to whatever collects traces. */
export interface Tracing extends Running {
  /** Begins a step, which is current while `work` and what it awaits run; whoever began it ends it. */
  start: <Result>(start: SpanStart, work: (span: TraceSpan) => Result) => Result;
  /** A step that ends as its work does, failed where that rejects. @throws what `work` throws */
  run: <Result>(start: SpanStart, work: (span: TraceSpan) => Promise<Result>) => Promise<Result>;
  /** The `traceparent` of the step that runs now; undefined without one, and where its trace is not kept. */
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
