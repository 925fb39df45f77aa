import { randomUUID } from 'node:crypto';

const SANE_ID = /^[\w.:/+=@-]{1,128}$/;

/** Returns the caller's request id (`X-Request-Id`) if it is valid, otherwise a new one. */
export const toRequestId = (given: string | undefined): string =>
  given !== undefined && SANE_ID.test(given) ? given : randomUUID();
