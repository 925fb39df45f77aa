import type { RequestHandler } from 'express';
import { sendProblem } from '../middleware/problem.ts';

const LOCAL_HOST = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i;

/**
 * For a server without keys that listens on loopback only: refuses requests that were sent to another name. A web page
 * can make its own name point to 127.0.0.1 (DNS rebinding) and would then be of our origin.
 */
export const requireLocalHost: RequestHandler = (req, res, next) => {
  const { host } = req.headers;
  if (host === undefined || LOCAL_HOST.test(host)) return next(); // browsers always send it
  const detail = 'Without API_KEYS only requests to localhost are answered. Set API_KEYS, or AUTH=off.';
  sendProblem(res, 'forbidden', detail);
};
