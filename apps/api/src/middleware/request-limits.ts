import { isUtf8 } from 'node:buffer';
import { InvalidInputError } from '@messaging/shared';
import type { RequestHandler } from 'express';
import { sendProblem } from './problem.ts';

/** A search term of 200 characters takes 2,400 bytes at most, a cursor 200. */
const MAX_URL_BYTES = 8_192;
const MAX_PARAMETERS = 100;
/** A URL of fewer bytes cannot have too many. */
const PARAMETERS_FIT_BYTES = 2 * MAX_PARAMETERS;

/** Refuses what no client of ours sends: a URL too long (414), too many parameters, a URL that is not UTF-8, no host (400). */
export const limitRequestLine: RequestHandler = (req, res, next) => {
  const { url } = req;
  if (url.length > MAX_URL_BYTES) {
    return sendProblem(res, 'uri_too_long', `The URL is longer than ${MAX_URL_BYTES} bytes.`);
  }
  if (url.length > PARAMETERS_FIT_BYTES && url.split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS) {
    throw new InvalidInputError([
      { path: '', message: `a request can have ${MAX_PARAMETERS} query parameters at most` },
    ]);
  }
  if (url.includes('%') && !isUtf8(decode(url))) {
    throw new InvalidInputError([{ path: '', message: 'the URL is not UTF-8; encode its characters as UTF-8' }]);
  }
  if (req.headers.host === undefined && req.httpVersion === '1.1') {
    throw new InvalidInputError([{ path: '', message: 'the header Host is missing' }]);
  }
  next();
};

/** The bytes that a URL stands for. What is no escape stays: `100%` is understood by everyone. */
const decode = (url: string): Buffer =>
  Buffer.from(
    url.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
