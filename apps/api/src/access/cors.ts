import cors from 'cors';
import type { RequestHandler } from 'express';

/** What browsers keep from scripts unless it is named. */
const EXPOSED_HEADERS = [
  'X-Request-Id',
  'View-Refreshed-At',
  'View-Pending-Changes',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Idempotency-Replayed',
];

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
