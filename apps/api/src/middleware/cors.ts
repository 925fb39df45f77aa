import cors from 'cors';
import type { RequestHandler } from 'express';
import { headers } from '../openapi/answers.ts';

/** What browsers show to scripts without being told. */
const SHOWN_ANYWAY = 'Cache-Control';
/** What they keep from them unless it is named: every header that the API describes. */
const EXPOSED_HEADERS = Object.keys(headers).filter((name) => name !== SHOWN_ANYWAY);

/** Lets pages of exactly these origins call the API; preflight requests are answered here, because they carry no key. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['Authorization', 'X-API-Key', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
}
