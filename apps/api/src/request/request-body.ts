import { MIMEType } from 'node:util';
import { UnsupportedMediaTypeError } from '@messaging/shared';
import type { Request, RequestHandler } from 'express';

/** Whether a body comes with the request, of no bytes or more: what has none has no type either. */
export function hasBody({ headers }: Pick<Request, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Refuses a body of another media type or charset than UTF-8 (also spelled `utf8`). `advice` says what to send.
 * @throws UnsupportedMediaTypeError
 */
export const requireMediaType =
  (essence: string, advice: string): RequestHandler =>
  (req, _res, next) => {
    if (hasBody(req)) {
      const type = parseType(req.headers['content-type'] ?? '');
      if (type?.essence !== essence) throw new UnsupportedMediaTypeError(advice);
      if (!/^utf-?8$/i.test(type.params.get('charset') ?? 'utf-8')) {
        throw new UnsupportedMediaTypeError('The body has a charset that is not supported. Send UTF-8.');
      }
    }
    next();
  };

function parseType(header: string): MIMEType | undefined {
  try {
    return new MIMEType(header);
  } catch {
    return undefined; // no type at all
  }
}
