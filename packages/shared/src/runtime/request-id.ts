import { randomUUID } from 'node:crypto';

const SANE_ID = /^[\w.:/+=@-]{1,128}$/;

/** The id of a request: the caller's (`X-Request-Id`), if it is sane, else a new one. */
export const toRequestId = (given: string | undefined): string =>
  given !== undefined && SANE_ID.test(given) ? given : randomUUID();
