import type { Figure } from './stats.ts';

/** One line of the report: a measurement and its target. */
export interface Row {
  /** Which benchmark it belongs to. */
  bench: string;
  what: string;
  figure?: Figure;
  /** A figure that is not a rate, as text. */
  value?: string;
  checks: Check[];
}

/** A figure with its target. A missed target does not fail the run. */
export interface Check {
  figure: string;
  target: string;
  verdict: 'met' | 'missed';
}

/** `value` must be `limit` or more. */
export function atLeast(value: number, limit: number, unit: string): Check {
  return {
    figure: `${format(value)} ${unit}`,
    target: `≥ ${limit} ${unit}`,
    verdict: value >= limit ? 'met' : 'missed',
  };
}

/** `value` must be `limit` or less. */
export function atMost(value: number, limit: number, unit: string): Check {
  return {
    figure: `${format(value)} ${unit}`,
    target: `≤ ${limit.toLocaleString('en-US')} ${unit}`,
    verdict: value <= limit ? 'met' : 'missed',
  };
}

/** About three digits, whatever the magnitude. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return 'not measured';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
