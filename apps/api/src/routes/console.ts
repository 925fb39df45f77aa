import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';
import { pageRoutes, redirectTo } from './page-routes.ts';

/** Where the build of apps/console lies. */
const BUILT = join(dirname(createRequire(import.meta.url).resolve('@messaging/console/package.json')), 'dist');
const FILE_NAMES = ['console.js', 'console-style.css', 'icon.svg'];

/** Texts cannot become markup by mistake either. */
const POLICY = ["img-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"];

/**
 * `GET /console`: a page on the public API, and `/`, which leads to it.
 * @throws at start where apps/console was not built
 */
export function consoleRoutes(): Router {
  const read = (name: string) => readFileSync(join(BUILT, name));
  const router = Router();
  router.route('/').get(redirectTo('console')).all(allowOnly('GET', 'HEAD'));
  const files = Object.fromEntries(FILE_NAMES.map((name) => [name, read(name)]));
  router.use(pageRoutes({ path: '/console', html: read('index.html'), files, policy: POLICY }));
  return router;
}
