import type { createLogger } from '@messaging/shared';

/** One step after the other, until the time is over; `close` releases what the actor holds. */
export interface Actor {
  step: () => Promise<void>;
  close?: () => Promise<void>;
}

/** What the actors share. */
export interface Shared {
  config: { connectionString: string; poolSize: number; statementTimeoutMs: number };
  logger: ReturnType<typeof createLogger>;
  done: (kind: string) => void;
  /** Resolves when so many more of a kind, or of any, have been done, and after the time at the latest. */
  untilDone: (kind: string, more: number, longestMs: number) => Promise<void>;
  fail: (what: string) => void;
  /** Aborts when the time is over. */
  signal: AbortSignal;
}

/** How many contacts there are to meet at. */
export interface ContactLimits {
  contacts: number;
}
