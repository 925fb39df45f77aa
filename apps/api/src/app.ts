import type { Pool, SearchPools } from '@messaging/db';
import type { Logger } from '@messaging/shared';
import express, { type Express, type Request } from 'express';
import { problemHandler, unknownRoute } from './problem.ts';
import { requestLog } from './request-log.ts';
import { commandRoutes } from './routes/commands.ts';
import { contactRoutes } from './routes/contacts.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { docsRoutes } from './routes/docs.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/import-messages.ts';
import { messageRoutes } from './routes/messages.ts';
import { openApiRoutes } from './routes/openapi.ts';

/** What the routes work with. */
export interface ApiDeps {
  db: Pool;
  /** Searches have connections of their own, so that a slow one holds up no page. */
  searchDb: SearchPools;
  /** Imports hold a connection for as long as their body comes. */
  importDb: Pool;
  logger: Logger;
  state: { closing: boolean };
}

/** Builds the Express application: middleware, routes, error handler, in order. Opens nothing. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // lists change with every message: hashing each body would only cost
  compareOnlyEtags(app);
  app.use(requestLog(deps));
  app.use(healthRoutes(deps));
  app.use(
    '/api',
    conversationRoutes(deps),
    contactRoutes(deps),
    messageRoutes(deps),
    commandRoutes(deps),
    importRoutes(deps),
  );
  app.use(openApiRoutes(), docsRoutes());
  app.use(unknownRoute);
  app.use(problemHandler(deps));
  return app;
}

/** `If-None-Match: *` matches anything: Express would answer 304 where there is no ETag that the client could know. */
function compareOnlyEtags(app: Express): void {
  Object.defineProperty(app.request, 'fresh', {
    get(this: Request): boolean {
      return this.res?.hasHeader('ETag') === true && Reflect.get(express.request, 'fresh', this);
    },
  });
}
