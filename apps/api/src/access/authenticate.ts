import type { Request, RequestHandler, Response } from 'express';
import { sendProblem } from '../middleware/problem.ts';
import { type ApiKey, findApiKey, hasScope, type Scope } from './api-keys.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Whose key came with the request; absent without keys, and while nobody has looked. */
      client?: ApiKey;
    }
  }
}

/** Middleware that knows the keys. Without keys none of it refuses anything. */
export interface Access {
  /** Whether there are keys at all. */
  needsKeys: boolean;
  /** Finds out whose key it is, for what is counted or logged by client, and refuses nothing. */
  identify: RequestHandler;
  /** 401 without a known key, 403 where it lacks the scope. */
  requireScope: (scope: Scope) => RequestHandler;
  /** As requireScope, for pages: a browser asks its user for a name, which is ignored, and the key as the password. */
  requireScopeOfPage: (scope: Scope) => RequestHandler;
  /** The same, with the scope that the method needs: `read` to look, `write` for the rest. */
  requireScopeOfMethod: RequestHandler;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True for requests that change nothing. */
export const isRead = ({ method }: Pick<Request, 'method'>): boolean => SAFE_METHODS.has(method);

/** Builds the middleware for these keys. `limitRefused` comes before each 401, so that no route lets keys be tried without a limit. */
export function createAccess(keys: readonly ApiKey[], limitRefused: RequestHandler): Access {
  if (keys.length === 0) {
    const pass: RequestHandler = (_req, _res, next) => next();
    return {
      needsKeys: false,
      identify: pass,
      requireScope: () => pass,
      requireScopeOfPage: () => pass,
      requireScopeOfMethod: pass,
    };
  }

  function findClient(req: Request, res: Response, presented = presentedKey(req)): ApiKey | undefined {
    if (res.locals.client) return res.locals.client;
    const client = presented === undefined ? undefined : findApiKey(keys, presented);
    if (client) res.locals.client = client;
    return client;
  }

  function requireScope(scopeOf: (req: Request) => Scope, scheme: 'Bearer' | 'Basic' = 'Bearer'): RequestHandler {
    const readKey = scheme === 'Basic' ? (req: Request) => presentedKey(req) ?? password(req) : presentedKey;
    return (req, res, next) => {
      const presented = readKey(req);
      const client = findClient(req, res, presented);
      const scope = scopeOf(req);
      if (client) {
        if (hasScope(client, scope)) next();
        else sendProblem(res, 'forbidden', `The key lacks the scope "${scope}".`);
        return;
      }
      res.locals.isGuess = presented !== undefined;
      return limitRefused(req, res, () => refuseUnknown(res, presented, scheme));
    };
  }

  return {
    needsKeys: true,
    identify(req, res, next) {
      findClient(req, res);
      next();
    },
    requireScope: (scope) => requireScope(() => scope),
    requireScopeOfPage: (scope) => requireScope(() => scope, 'Basic'),
    requireScopeOfMethod: requireScope((req) => (isRead(req) ? 'read' : 'write')),
  };
}

function presentedKey(req: Request): string | undefined {
  const { authorization } = req.headers;
  const bearer = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const apiKey = req.headers['x-api-key'];
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined;
}

/** The password of Basic authentication; the name before it may be anything. */
function password({ headers }: Request): string | undefined {
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(headers.authorization ?? '')?.[1];
  const [, found] = /^[^:]*:(.+)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('latin1')) ?? [];
  return found;
}

function refuseUnknown(res: Response, presented: string | undefined, scheme: 'Bearer' | 'Basic'): void {
  const detail =
    presented === undefined
      ? 'A key is needed: send it as "Authorization: Bearer <key>" or "X-API-Key: <key>".'
      : 'The key is not known.';
  res.setHeader('WWW-Authenticate', scheme === 'Basic' ? 'Basic realm="messaging", charset="UTF-8"' : 'Bearer');
  sendProblem(res, 'unauthorized', detail);
}
