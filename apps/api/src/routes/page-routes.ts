import { type RequestHandler, Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';
import { fixedCompressedAnswer } from './fixed-answer.ts';

/** A page and what it refers to. */
interface PageFiles {
  /** Its path, without a slash at the end. The page refers to its files relative to it, so that it works below a path prefix too. */
  path: string;
  html: string | Buffer;
  /** By the path below the page. The type follows from the name. */
  files: Record<string, string | Buffer>;
  /** Directives of its Content-Security-Policy besides those of every page. */
  policy: string[];
}

/** What a page may do: run our scripts, and call this origin. No script or style stands in the page itself. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Routes that serve a page, wholly from this origin. */
export function pageRoutes({ path, html, files, policy }: PageFiles): Router {
  const router = Router({ strict: true });
  const serve = (at: string, ...handlers: RequestHandler[]) =>
    router
      .route(at)
      .get(...handlers)
      .all(allowOnly('GET', 'HEAD'));
  const contentSecurityPolicy = [...PAGE_POLICY, ...policy].join('; ');
  const setPolicy: RequestHandler = (_req, res, next) => {
    res.setHeader('Content-Security-Policy', contentSecurityPolicy);
    next();
  };
  serve(path, setPolicy, fixedCompressedAnswer('html', html));
  serve(`${path}/`, redirectTo(`..${path}`));
  for (const [name, body] of Object.entries(files)) {
    serve(`${path}/${name}`, fixedCompressedAnswer(name.slice(name.lastIndexOf('.')), body));
  }
  return router;
}

/** With its query, to a path that is relative to the one asked for, because what lies above it may be a prefix that we do not know. */
export function redirectTo(relativePath: string): RequestHandler {
  return (req, res) => {
    const query = req.originalUrl.indexOf('?');
    res.status(302).setHeader('Location', relativePath + (query < 0 ? '' : req.originalUrl.slice(query)));
    res.end();
  };
}
